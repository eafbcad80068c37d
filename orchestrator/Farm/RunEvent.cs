namespace OpenConfirm.Farm;

/// <summary>Which tree of a target an event is about.</summary>
public enum TreeSide
{
    /// <summary>The base.</summary>
    Base,

    /// <summary>The whole series on the base.</summary>
    Patched,

    /// <summary>The whole series on the built base: what it changes, compiled at once.</summary>
    Early,

    /// <summary>The series up to one of its patches, to find the guilty one.</summary>
    Prefix,
}

/// <summary>What has become of a step.</summary>
public enum StepState
{
    /// <summary>It runs.</summary>
    Started,

    /// <summary>It ended well.</summary>
    Passed,

    /// <summary>It ended badly.</summary>
    Failed,

    /// <summary>Its result was known already.</summary>
    Cached,

    /// <summary>Something of ours failed, which the step's words are; all begins anew on a fresh machine.</summary>
    Again,

    /// <summary>Something that costs time and no verdict, which the step's words are.</summary>
    Remark,

    /// <summary>The tree is through.</summary>
    Done,
}

/// <summary>Something a person who watches wants to see.</summary>
/// <param name="Target">The target.</param>
/// <param name="Side">The tree.</param>
/// <param name="Step">The step, or a few words ("patch 2/4").</param>
/// <param name="State">What has become of it.</param>
/// <param name="Elapsed">Wall time of the step.</param>
public sealed record RunEvent(string Target, TreeSide Side, string Step, StepState State, TimeSpan Elapsed = default);
