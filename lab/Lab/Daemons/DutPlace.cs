namespace OpenConfirm.Lab.Daemons;

/// <summary>Where to look for a daemon.</summary>
/// <param name="Folder">A build tree or a staging folder, as it is in the root; null for what is installed.</param>
/// <param name="Root">The root of another system; null for this one's.</param>
public sealed record DutPlace(string? Folder = null, string? Root = null);
