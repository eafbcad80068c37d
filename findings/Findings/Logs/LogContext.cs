namespace OpenConfirm.Findings.Logs;

/// <summary>Where a log comes from.</summary>
public sealed record LogContext
{
    /// <summary>Absolute path that the source tree had where the command ran (<c>/work/tree</c>).</summary>
    public required string TreeRoot { get; init; }

    /// <summary>Step of the recipe, copied to <see cref="Finding.Step"/>.</summary>
    public required string Step { get; init; }
}
