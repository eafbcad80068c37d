using System.Globalization;
using System.Text;

namespace OpenConfirm.Wire;

/// <summary>What a field of an element is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Of what form it is.</param>
/// <param name="Kind">What it means.</param>
/// <param name="Width">Bits of its number, or of each of its numbers; 0 where there are none.</param>
public sealed record FieldDescription(string Name, FieldShape Shape, FieldKind Kind, int Width)
{
    /// <summary>What its values are called; null where no registry is known.</summary>
    public FieldNames? Names { get; init; }

    /// <summary>When it is there; null for always.</summary>
    public string? Condition { get; init; }

    /// <summary>When it is not there, although it is without a condition.</summary>
    public IReadOnlyList<string> Exceptions { get; init; } = [];

    /// <summary>What a list holds; null for what is none.</summary>
    public string? ElementsOf { get; init; }

    /// <summary>Fields of the elements of a list that holds one kind only.</summary>
    public IReadOnlyList<FieldDescription> Fields { get; init; } = [];

    /// <summary>"16 bits", "IPv4 address".</summary>
    public string Form => Shape switch
    {
        FieldShape.Ip4 => "IPv4 address",
        FieldShape.Ip6 => "IPv6 address",
        FieldShape.Octets => "octets",
        FieldShape.Prefix => "prefix",
        FieldShape.Prefixes => "prefixes",
        FieldShape.AsPath => "segments of AS numbers",
        FieldShape.Numbers => string.Create(CultureInfo.InvariantCulture, $"numbers of {Width} bits"),
        FieldShape.Digest => "digest",
        FieldShape.Choice => "yes or no",
        FieldShape.Elements => $"list of {ElementsOf}",
        _ => Width == 1 ? "1 bit" : string.Create(CultureInfo.InvariantCulture, $"{Width} bits"),
    };
}

/// <summary>What an element consists of.</summary>
/// <param name="Element">The element.</param>
/// <param name="Fields">Its fields, in the order of the wire.</param>
public sealed record Description(Element Element, IReadOnlyList<FieldDescription> Fields)
{
    private const int LineLength = 80;

    /// <summary>A field with more has many forms, each of which says when it is there.</summary>
    private const int MostExceptions = 2;

    /// <summary>For people: a line a field.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        var number = Element.Code < 0 ? "of any other number" : Element.Code.ToString(CultureInfo.InvariantCulture);
        text.Append(CultureInfo.InvariantCulture, $"{Element.Name}: {Element.Registry} {number}, {Element.Standard}\n");
        Append(text, Fields, 2);
        return text.ToString();
    }

    private static void Append(StringBuilder text, IReadOnlyList<FieldDescription> fields, int indent)
    {
        var names = fields.Select(f => f.Name.Length).DefaultIfEmpty().Max();
        var forms = fields.Select(f => f.Form.Length).DefaultIfEmpty().Max();
        foreach (var field in fields)
        {
            var line = $"{new string(' ', indent)}{field.Name.PadRight(names)}  {field.Form.PadRight(forms)}  {Meaning(field),-9}  ";
            text.Append(Wrapped(line, Said(field))).Append('\n');
            Append(text, field.Fields, indent + 4);
        }
    }

    private static string Meaning(FieldDescription field) => field switch
    {
        { Shape: FieldShape.Choice } => "no field",
        { Shape: FieldShape.Ip4 or FieldShape.Ip6 or FieldShape.Digest } or { Kind: FieldKind.Number or FieldKind.Bytes or FieldKind.Prefixes or FieldKind.AsPath } => "",
        { Kind: FieldKind.AsNumber } => "AS number",
        _ => field.Kind.ToString().ToLowerInvariant(),
    };

    private static string Said(FieldDescription field)
    {
        List<string> said = field.Names is { } names ? [names.ToText(field.Kind)] : [];
        if (field.Condition is { } condition)
            said.Add($"with {condition}");
        else if (field.Exceptions.Count is > 0 and <= MostExceptions)
            said.Add($"not with {string.Join(" or ", field.Exceptions)}");
        return string.Join("; ", said);
    }

    /// <summary>What is said begins at the end of the line and goes on below itself.</summary>
    private static string Wrapped(string line, string said)
    {
        var text = new StringBuilder(line);
        var (margin, at) = (line.Length, line.Length);
        foreach (var word in said.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at > margin && at + word.Length > LineLength)
            {
                text.Append('\n').Append(' ', margin);
                at = margin;
            }

            text.Append(at > margin ? " " : "").Append(word);
            at += word.Length + 1;
        }

        return string.Join('\n', text.ToString().Split('\n').Select(l => l.TrimEnd()));
    }
}
