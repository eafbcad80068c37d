using System.Collections.Frozen;
using System.Globalization;
using OpenConfirm.Wire.Bgp;
using OpenConfirm.Wire.Isis;
using OpenConfirm.Wire.Ospf;
using OpenConfirm.Wire.Ospf3;

namespace OpenConfirm.Wire;

/// <summary>A value that has a name, or a bit.</summary>
/// <param name="Value">The value.</param>
/// <param name="Name">Its name, in the words of its standard.</param>
public readonly record struct NamedValue(ulong Value, string Name);

/// <summary>What the values of a field are called. Others can occur: nobody is held to these.</summary>
/// <param name="Element">Type of the element that holds the field, or one that it derives from.</param>
/// <param name="Field">The field.</param>
/// <param name="Values">The values; of flags the bits.</param>
public sealed record FieldNames(Type Element, string Field, IReadOnlyList<NamedValue> Values)
{
    private static readonly Lazy<FrozenDictionary<(Type Element, string Field), FieldNames>> ByField =
        new(() => All!.ToFrozenDictionary(n => (n.Element, n.Field)));

    private static readonly Lazy<FrozenDictionary<Type, FieldNames>> Tags = new(MakeTags);

    /// <summary>All that are known, but those of the numbers that stand for kinds.</summary>
    public static IReadOnlyList<FieldNames> All { get; } = [.. BgpNames.All, .. OspfNames.All, .. Ospf3Names.All, .. IsisNames.All];

    /// <summary>What a field's values are called; null where that is not known.</summary>
    /// <param name="element">Type of the element that holds it.</param>
    /// <param name="field">Its name.</param>
    /// <param name="isTag">It is the number that stands for the element's kind: the registry has the names.</param>
    public static FieldNames? Of(Type? element, string field, bool isTag = false)
    {
        for (var type = element; type is not null; type = type.BaseType)
        {
            if (ByField.Value.TryGetValue((type, field), out var names))
                return names;
        }

        return isTag && element is not null ? Tags.Value.GetValueOrDefault(element) : null;
    }

    /// <summary>"0x80 optional, 0x40 transitive" for flags, "0 IGP, 1 EGP" for others.</summary>
    public string ToText(FieldKind kind) => string.Join(", ", Values.Select(v =>
        string.Create(CultureInfo.InvariantCulture, $"{(kind == FieldKind.Flags ? $"0x{v.Value:x2}" : $"{v.Value}")} {v.Name}")));

    /// <summary>One row of a table.</summary>
    internal static FieldNames Row<T>(string field, params ReadOnlySpan<NamedValue> values) => new(typeof(T), field, [.. values]);

    private static FrozenDictionary<Type, FieldNames> MakeTags()
    {
        var tags = new Dictionary<Type, FieldNames>();
        foreach (var registry in Protocol.All.SelectMany(p => p.Registries))
        {
            NamedValue[] values = [.. registry.Elements.Where(e => e.Code >= 0).Select(e => new NamedValue((ulong)e.Code, e.Name))];
            foreach (var type in registry.Elements.Select(e => e.Create().GetType()))
                tags.TryAdd(type, new FieldNames(type, "", values));
        }

        return tags.ToFrozenDictionary();
    }
}
