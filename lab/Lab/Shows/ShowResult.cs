using OpenConfirm.Lab.Captures;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Shows;

/// <summary>What became of taking routes back.</summary>
/// <param name="Seconds">Until daemon and kernel had none left, seconds; null when they did not let go.</param>
/// <param name="RoutesLeft">Routes that the daemon still has.</param>
/// <param name="KernelLeft">Those that the kernel still has.</param>
public sealed record Withdrawal(double? Seconds, int RoutesLeft, int KernelLeft);

/// <summary>What became of one daemon that met one speaker.</summary>
public sealed record ShowResult
{
    /// <summary>The daemon.</summary>
    public required string Dut { get; init; }

    /// <summary>Its version, as it says it.</summary>
    public required string Version { get; init; }

    /// <summary>The protocol.</summary>
    public required RoutingProtocol Protocol { get; init; }

    /// <summary>Why there is no session, or no more; null when there is one.</summary>
    public string? Failure { get; init; }

    /// <summary>From the start of the daemon until it answered, seconds.</summary>
    public double StartSeconds { get; init; }

    /// <summary>From the start of the speaker until the daemon said that the session is up, seconds.</summary>
    public double SessionSeconds { get; init; }

    /// <summary>From the first announcement until the daemon showed all routes and had chosen them, seconds; null when it did not.</summary>
    public double? RoutesSeconds { get; init; }

    /// <summary>Routes that were announced, of both families together.</summary>
    public int Announced { get; init; }

    /// <summary>What the daemon says of its neighbours.</summary>
    public IReadOnlyList<Neighbor> Neighbors { get; init; } = [];

    /// <summary>The routes that it has learned.</summary>
    public IReadOnlyList<DaemonRoute> Routes { get; init; } = [];

    /// <summary>Those of them that are in the kernel.</summary>
    public IReadOnlyList<KernelRoute> Fib { get; init; } = [];

    /// <summary>The daemon's routes get to the kernel as it is packaged.</summary>
    public bool InstallsRoutes { get; init; }

    /// <summary>What became of taking the routes back; null when they were not.</summary>
    public Withdrawal? Withdrawal { get; init; }

    /// <summary>What the capture has, and what it lost; null when there was none.</summary>
    public CaptureReport? Capture { get; init; }

    /// <summary>How it was at the end.</summary>
    public required Health Health { get; init; }

    /// <summary>A session, all routes, in the kernel where they should be, gone again when they were taken back, and in good health.</summary>
    public bool IsGood => Failure is null && RoutesSeconds is not null && Health.IsGood && (!InstallsRoutes || Fib.Count >= Announced) && (Withdrawal is null || Withdrawal.Seconds is not null);
}
