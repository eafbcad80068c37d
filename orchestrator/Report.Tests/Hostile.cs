using System.Collections;
using System.Reflection;

namespace OpenConfirm.Report.Tests;

/// <summary>Puts a hostile value into every string of a report, however deep, so that a field added later is tested too.</summary>
internal static class Hostile
{
    /// <summary>Names by which the report's parts find each other; they get the value behind them.</summary>
    private static readonly HashSet<string> _keys = ["debian-12", "debian-13", "build", "unit"];

    public static RunReport Of(RunReport report, string value) => (RunReport)Poison(report, value)!;

    private static object? Poison(object? thing, string value)
    {
        if (thing is null)
            return null;
        if (thing is string text)
            return _keys.Contains(text) ? (text is "build" or "unit" ? text : text + value) : value;
        var type = thing.GetType();
        if (thing is IEnumerable items && ElementType(type) is { } element)
        {
            var poisoned = items.Cast<object?>().Select(i => Poison(i, value)).ToArray();
            var array = Array.CreateInstance(element, poisoned.Length);
            poisoned.CopyTo(array, 0);
            return array;
        }

        if (type.Namespace?.StartsWith("OpenConfirm.", StringComparison.Ordinal) != true || type.IsEnum)
            return thing;
        var copy = type.GetMethod("<Clone>$")!.Invoke(thing, null)!;
        foreach (var field in Fields(type))
            field.SetValue(copy, Poison(field.GetValue(copy), value));
        return copy;
    }

    private static Type? ElementType(Type type) => type.GetInterfaces()
        .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0] is { } element
        && element.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) != true
        && !type.IsGenericType | type.Name.Contains("List", StringComparison.Ordinal) | type.Name.Contains("Array", StringComparison.Ordinal)
        && !typeof(IDictionary).IsAssignableFrom(type) ? element : null;

    private static IEnumerable<FieldInfo> Fields(Type? type)
    {
        for (; type is not null && type != typeof(object); type = type.BaseType)
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
                yield return field;
    }
}
