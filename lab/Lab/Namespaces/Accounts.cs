namespace OpenConfirm.Lab.Namespaces;

/// <summary>
/// The accounts that daemons want to run under, all of them the one user that a namespace has. Daemons look theirs up by
/// name; no host needs to have them.
/// </summary>
internal static class Accounts
{
    private static readonly string[] Names = ["root", "frr", "frrvty", "quagga", "quaggavty", "bird", "_bgpd", "_openbgpd", "gobgp"];

    public static string Passwd => string.Concat(Names.Select(n => $"{n}:x:0:0::{(n.StartsWith('_') ? "/run/openbgpd" : "/")}:/bin/sh\n"));

    public static string Group => string.Concat(Names.Select(n => $"{n}:x:0:\n"));
}
