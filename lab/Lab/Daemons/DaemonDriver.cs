using OpenConfirm.Lab.Namespaces;
using Scriban;
using Scriban.Runtime;

namespace OpenConfirm.Lab.Daemons;

/// <summary>Knows how one kind of daemon is found, configured, started and asked.</summary>
public abstract class DaemonDriver
{
    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it speaks.</summary>
    public abstract IReadOnlySet<RoutingProtocol> Protocols { get; }

    /// <summary>Its routes get to the kernel as it is packaged.</summary>
    public abstract bool InstallsRoutes { get; }

    /// <summary>Finds its programs.</summary>
    /// <exception cref="DaemonException">There are none, or none that run here.</exception>
    public abstract Installation Find(DutPlace place);

    /// <summary>Starts it in a node and waits until it answers.</summary>
    /// <exception cref="DaemonException">It died, or refused its configuration.</exception>
    public async Task<Daemon> StartAsync(Installation installation, Node node, RouterConfig config, CancellationToken cancel)
    {
        if (installation.Root is { } root)
            node.MakeRoot(root, installation.Emulator);
        var daemon = Make(installation, node);
        try
        {
            await daemon.StartAsync(config, cancel);
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes one that does not run yet.</summary>
    protected abstract Daemon Make(Installation installation, Node node);

    /// <summary>Writes a configuration by one of templates/daemons/.</summary>
    internal static string Render(string template, RouterConfig config)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "templates", "daemons", template + ".scriban");
        var parsed = Template.Parse(File.ReadAllText(file), file);
        if (parsed.HasErrors)
            throw new LabException($"{file}: {parsed.Messages}");
        var model = new ScriptObject();
        model.Import(config);
        var context = new TemplateContext { StrictVariables = true };
        context.PushGlobal(model);
        return parsed.Render(context);
    }
}
