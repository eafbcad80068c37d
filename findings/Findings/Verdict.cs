namespace OpenConfirm.Findings;

/// <summary>What base and patched together say of a finding.</summary>
public enum Verdict
{
    /// <summary>Patched shows it, base was checked and does not.</summary>
    New,

    /// <summary>Base shows it, patched was checked at the same place and does not.</summary>
    Fixed,

    /// <summary>Both show it.</summary>
    PreExisting,

    /// <summary>Base shows it, and the code it stood in is gone.</summary>
    Removed,

    /// <summary>One side shows it and the other never checked that place.</summary>
    NotTested,

    /// <summary>It comes and goes without a change of the code.</summary>
    Flaky,

    /// <summary>A person has said that it is none.</summary>
    Suppressed,
}

/// <summary>One finding after base and patched have been compared.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Base">The finding in the base, when it shows there.</param>
/// <param name="Patched">The finding in the patched tree, when it shows there.</param>
public sealed record JudgedFinding(Verdict Verdict, Finding? Base, Finding? Patched)
{
    /// <summary>The side that a person should read: patched when there is one.</summary>
    public Finding Finding => Patched ?? Base ?? throw new InvalidOperationException("A judged finding has a side.");
}
