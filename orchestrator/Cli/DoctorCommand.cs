using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenConfirm.Cli;

/// <summary><c>openconfirm doctor</c>: what this machine can do, and the one command that brings what it cannot.</summary>
public static class DoctorCommand
{
    private const int Indent = 20; // "state    name        "

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        // Read by programs and people, never by a browser.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Probes the machine, changing nothing, and prints what it found.</summary>
    /// <param name="json">One JSON document rather than columns for people.</param>
    /// <param name="dataDirectory">The folder of all data, which need not be there yet.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="cancel">Ends the probes.</param>
    /// <param name="searchPath">Folders to find tools in; null for <c>PATH</c>.</param>
    /// <returns>Exit code: 0 if all is there that <c>openconfirm check</c> needs, else 3.</returns>
    public static async Task<int> RunAsync(
        bool json, string dataDirectory, TextWriter output, CancellationToken cancel, string? searchPath = null)
    {
        var tools = new DoctorTools(searchPath ?? Environment.GetEnvironmentVariable("PATH") ?? "");
        var capabilities = await new DoctorProbes(tools, dataDirectory).RunAsync(cancel);
        var isReady = capabilities.All(c => c.State == DoctorState.There || !c.NeededForCheck);
        if (json)
            await output.WriteLineAsync(JsonSerializer.Serialize(new { schemaVersion = 1, tool = "openconfirm", verb = "doctor", isReady, capabilities }, Json));
        else
            await PrintAsync(capabilities, isReady, output);
        return isReady ? 0 : 3;
    }

    private static async Task PrintAsync(IReadOnlyList<DoctorCapability> capabilities, bool isReady, TextWriter output)
    {
        foreach (var c in capabilities)
        {
            var state = c.State.ToString().ToLowerInvariant();
            await WriteAsync($"{state,-9}{c.Name,-11}", c.Detail);
            if (c.State == DoctorState.There)
                continue;
            await WriteAsync("  for:", c.Enables + (c.NeededForCheck ? " (needed by check)" : ""));
            // Not wrapped: it is to be copied.
            if (c.Command is not null)
                await output.WriteLineAsync($"{"  get it:".PadRight(Indent)}{c.Command}");
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync(isReady
            ? "All is there that 'openconfirm check' needs."
            : "'openconfirm check' cannot run here before what it needs is there.");

        async Task WriteAsync(string label, string text)
        {
            label = label.PadRight(Indent);
            foreach (var line in TextColumns.Wrap(text, TextColumns.Width - Indent))
            {
                await output.WriteLineAsync(label + line);
                label = new string(' ', Indent);
            }
        }
    }
}
