namespace OpenConfirm.Lab.Daemons;

/// <summary>How a daemon is: what oracles look at.</summary>
/// <param name="Processes">Each process.</param>
/// <param name="Latency">How long its control channel took to answer.</param>
/// <param name="Silent">Why its control channel did not answer, or null.</param>
public sealed record Health(IReadOnlyList<ProcessHealth> Processes, TimeSpan Latency, string? Silent)
{
    /// <summary>All processes run, the control channel answers, nothing alarming was said.</summary>
    public bool IsGood => Silent is null && Processes.All(p => p is { IsAlive: true, Sanitizer: null, Alarms.Count: 0 });
}
