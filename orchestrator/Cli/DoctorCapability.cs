namespace OpenConfirm.Cli;

/// <summary>Whether this machine can do a thing.</summary>
public enum DoctorState
{
    /// <summary>It works.</summary>
    There,

    /// <summary>What it takes is not installed or not built yet.</summary>
    Missing,

    /// <summary>It is there and does not work.</summary>
    Broken,
}

/// <summary>One thing that this machine can or cannot do.</summary>
/// <param name="Name">Short name, one word.</param>
/// <param name="State">Whether it works.</param>
/// <param name="Detail">Version and kind if it works, else the reason why not. One line.</param>
/// <param name="Enables">What OpenConfirm does with it. One line.</param>
/// <param name="Command">The one command that brings it; null if it works, or if no command can.</param>
/// <param name="NeededForCheck">Whether <c>openconfirm check</c> cannot do without.</param>
public sealed record DoctorCapability(
    string Name, DoctorState State, string Detail, string Enables, string? Command, bool NeededForCheck);
