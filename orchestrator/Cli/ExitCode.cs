namespace OpenConfirm.Cli;

/// <summary>What the program's exit code says.</summary>
public static class ExitCode
{
    /// <summary>Nothing wrong.</summary>
    public const int Good = 0;

    /// <summary>The series brings or breaks something, does not apply, or lacks patches.</summary>
    public const int Findings = 1;

    /// <summary>The call or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Something of ours failed.</summary>
    public const int Infrastructure = 3;

    /// <summary>Interrupted, and cleaned up.</summary>
    public const int Interrupted = 130;
}
