using System.Globalization;
using System.Text;
using System.Text.Json;
using OpenConfirm.Intake;
using OpenConfirm.Model;
using OpenConfirm.Wire;

namespace OpenConfirm.Cli;

/// <summary><c>openconfirm wire</c>: messages of routing protocols as octets and as text, and what they consist of.</summary>
internal static class WireCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n" };

    /// <summary>Lists what is known, or describes what has a name.</summary>
    /// <param name="names">A protocol, an element, or both.</param>
    /// <param name="json">One JSON document.</param>
    public static async Task<int> DescribeAsync(IReadOnlyList<string> names, bool json)
    {
        var output = Console.Out;
        var protocols = names.Count > 0 && Protocol.Find(names[0]) is { } one ? [one] : Protocol.All;
        var wanted = names.Skip(protocols.Count == 1 ? 1 : 0).ToList();
        var found = protocols.SelectMany(p => p.Elements.Select(e => (Protocol: p, Element: e)))
            .Where(f => wanted.Count == 0 || wanted.Contains(f.Element.Name, StringComparer.OrdinalIgnoreCase)).ToList();
        if (wanted.Find(w => !found.Exists(f => string.Equals(f.Element.Name, w, StringComparison.OrdinalIgnoreCase))) is { } unknown)
            throw new UsageException($"nothing is called '{unknown}'{Near(protocols, unknown)}; 'openconfirm wire describe' lists what is known");
        if (json)
            await output.WriteLineAsync(JsonSerializer.Serialize(new { Elements = found.Select(f => Row(f.Protocol, Describer.Describe(f.Element))) }, Json));
        else if (wanted.Count == 0)
            await ListAsync(output, protocols);
        else
            await output.WriteAsync(string.Join('\n', found.Select(f => $"{f.Protocol.Name} {Describer.Describe(f.Element).ToText()}")));
        return ExitCode.Good;
    }

    /// <summary>Octets to text.</summary>
    public static async Task<int> DecodeAsync(WireArguments arguments, CancellationToken cancel)
    {
        var (protocol, facts) = (arguments.Protocol, arguments.Facts);
        var input = await ReadAsync(arguments.File, cancel);
        var octets = arguments.IsBinary ? input : HexText.Read(Encoding.UTF8.GetString(input));
        if (octets.Length == 0)
            throw new UsageException("there are no octets");
        var messages = Split(octets, protocol, arguments.Largest).Select(m => Decode(octets, m, protocol, facts)).ToList();
        if (arguments.IsJson)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new { Protocol = protocol.Name, Messages = messages }, Json));
        }
        else
        {
            foreach (var (i, message) in messages.Index())
                await Console.Out.WriteAsync((messages.Count > 1 ? $"{(i > 0 ? "\n" : "")}# {message.Place}\n" : "") + message.Text);
        }

        foreach (var message in messages.Where(m => m.Error is not null))
            await Console.Error.WriteLineAsync($"openconfirm: {(messages.Count > 1 ? $"{message.Place}: " : "")}at octet {message.ErrorOctet}, in {message.ErrorPath}: {message.Error}");
        return messages.Exists(m => m.Error is not null) ? ExitCode.Findings : ExitCode.Good;
    }

    /// <summary>Text to octets.</summary>
    public static async Task<int> EncodeAsync(WireArguments arguments, CancellationToken cancel)
    {
        var (protocol, facts) = (arguments.Protocol, arguments.Facts);
        var text = Encoding.UTF8.GetString(await ReadAsync(arguments.File, cancel));
        List<byte[]> messages;
        try
        {
            messages = [.. protocol.Parse(text, facts).Select(m => WireWriter.Encode(m, facts))];
        }
        catch (FormatException e)
        {
            throw new UsageException($"{Named(arguments.File)}: {e.Message}");
        }
        catch (WireException e)
        {
            throw new UsageException($"{Named(arguments.File)}: this cannot be written: {e.Message}");
        }

        if (protocol.IsStream && messages.Find(m => m.Length > arguments.Largest) is { } large)
            throw new UsageException($"a message of {large.Length} octets; more than {arguments.Largest} need --extended-messages");
        if (arguments.IsBinary)
        {
            await using var output = Console.OpenStandardOutput();
            foreach (var message in messages)
                await output.WriteAsync(message, cancel);
        }
        else
        {
            foreach (var message in messages)
                await Console.Out.WriteLineAsync(Convert.ToHexStringLower(message));
        }

        return ExitCode.Good;
    }

    private static async Task ListAsync(TextWriter output, IReadOnlyList<Protocol> protocols)
    {
        foreach (var (i, protocol) in protocols.Index())
        {
            await output.WriteLineAsync($"{(i > 0 ? "\n" : "")}{protocol.Name}");
            foreach (var registry in protocol.Registries)
            {
                await output.WriteLineAsync($"  {registry.Name}");
                foreach (var element in registry.Elements)
                    await output.WriteLineAsync($"    {(element.Code < 0 ? "any" : element.Code.ToString(CultureInfo.InvariantCulture)),5}  {element.Name,-28}  {element.Standard}");
            }
        }
    }

    private static object Row(Protocol protocol, Description description) => new
    {
        Protocol = protocol.Name,
        description.Element.Registry,
        Code = description.Element.Code < 0 ? (int?)null : description.Element.Code,
        description.Element.Name,
        description.Element.Standard,
        Fields = description.Fields.Select(Row),
    };

    private static object Row(FieldDescription field) => new
    {
        field.Name,
        Shape = field.Shape.ToString(),
        Kind = field.Kind.ToString(),
        field.Width,
        Values = field.Names?.Values ?? [],
        field.Condition,
        field.Exceptions,
        field.ElementsOf,
        Fields = field.Fields.Select(Row),
    };

    private static string Near(IReadOnlyList<Protocol> protocols, string name)
    {
        var near = protocols.SelectMany(p => p.Elements).Select(e => e.Name).Where(n => n.Contains(name, StringComparison.OrdinalIgnoreCase)).Distinct().Take(8).ToList();
        return near.Count > 0 ? $"; there is {string.Join(", ", near)}" : "";
    }

    /// <summary>Where messages begin and end. What does not say a length that can be is the last one.</summary>
    private static List<(int Start, int End, string? Fault)> Split(byte[] octets, Protocol protocol, int largest)
    {
        var messages = new List<(int, int, string?)>();
        for (var at = 0; at < octets.Length;)
        {
            var length = protocol.LengthOf(octets.AsSpan(at)) ?? 0;
            var fault = protocol.IsStream && length > largest ? $"a length of {length}; more than {largest} octets need --extended-messages" : null;
            var end = length > octets.Length - at || length < Wire.Bgp.BgpMessage.HeaderLength ? octets.Length : at + length;
            messages.Add((at, end, fault));
            at = end;
        }

        return messages;
    }

    private static DecodedMessage Decode(byte[] octets, (int Start, int End, string? Fault) place, Protocol protocol, WireFacts facts)
    {
        var (message, error) = protocol.Decode(octets.AsSpan(place.Start..place.End), facts);
        var fault = place.Fault is { } reason ? (place.Start + 16, "Length", reason) : error is null ? ((int, string, string)?)null : (place.Start + error.Offset, error.Path, error.Reason);
        return new DecodedMessage(place.Start, place.End - place.Start, protocol.Print(message, facts), fault?.Item1, fault?.Item2, fault?.Item3);
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken cancel)
    {
        if (file == "-")
        {
            await using var input = Console.OpenStandardInput();
            using var all = new MemoryStream();
            await input.CopyToAsync(all, cancel);
            return all.ToArray();
        }

        return File.Exists(file) ? await File.ReadAllBytesAsync(file, cancel) : throw new UsageException($"there is no file {file}");
    }

    private static string Named(string file) => file == "-" ? "standard input" : file;

    /// <summary>What came of one message.</summary>
    /// <param name="Octet">Where it begins.</param>
    /// <param name="Length">Octets.</param>
    /// <param name="Text">The message, as far as it was read.</param>
    /// <param name="ErrorOctet">Where reading stopped, in all octets.</param>
    /// <param name="ErrorPath">In which field.</param>
    /// <param name="Error">Why.</param>
    private sealed record DecodedMessage(int Octet, int Length, string Text, int? ErrorOctet, string? ErrorPath, string? Error)
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public string Place => $"octets {Octet} to {Octet + Length - 1}";
    }
}
