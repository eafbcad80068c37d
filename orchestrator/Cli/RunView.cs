using System.Globalization;
using OpenConfirm.Farm;
using OpenConfirm.Intake;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OpenConfirm.Cli;

/// <summary>
/// What a person sees while machines work, on standard error: a live table on a terminal, one line a step elsewhere.
/// </summary>
internal sealed class RunView : IProgress<RunEvent>, IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Target, TreeSide Side), Row> _rows = [];
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _drawing;
    private readonly bool _isLive;
    private readonly List<string> _said = [];

    private RunView(IReadOnlyList<string> targets, TimeProvider time, IAnsiConsole? console)
    {
        _time = time;
        _isLive = console is not null;
        foreach (var target in targets)
        {
            _rows[(target, TreeSide.Base)] = new Row();
            _rows[(target, TreeSide.Patched)] = new Row();
        }

        _drawing = console is null ? Task.CompletedTask : DrawAsync(console);
    }

    /// <summary>Opens the view that fits standard error.</summary>
    public static RunView Open(IReadOnlyList<string> targets, TimeProvider time)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var isLive = !Console.IsErrorRedirected && console.Profile.Capabilities.Ansi;
        return new RunView(targets, time, isLive ? console : null);
    }

    /// <inheritdoc/>
    public void Report(RunEvent value)
    {
        lock (_lock)
        {
            if (!_rows.TryGetValue((value.Target, value.Side), out var row))
                _rows[(value.Target, value.Side)] = row = new Row();
            row.Take(value, _time.GetTimestamp());
            if (!_isLive && Line(value) is { } line)
                Console.Error.WriteLine(TerminalText.Escape(line));
        }
    }

    /// <summary>Says something that stays: above the table, or as a line.</summary>
    public void Say(string text)
    {
        text = TerminalText.Escape(text);
        lock (_lock)
        {
            if (_isLive)
                _said.Add(text);
            else
                Console.Error.WriteLine(text);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _drawing;
        _stop.Dispose();
    }

    private static string? Line(RunEvent value) => value.State switch
    {
        StepState.Passed or StepState.Failed => string.Create(
            CultureInfo.InvariantCulture,
            $"{value.Target,-12} {Words(value.Side),-8} {value.Step,-10} {(value.State == StepState.Passed ? "ok" : "FAILED"),-6} {value.Elapsed.TotalSeconds,6:0.0} s"),
        StepState.Cached => $"{value.Target,-12} {Words(value.Side),-8} known from an earlier run",
        StepState.Remark => $"{value.Target,-12} {Words(value.Side),-8} {value.Step}",
        StepState.Again => $"{value.Target,-12} {Words(value.Side),-8} once more on a fresh machine: {value.Step}",
        StepState.Started when value.Side == TreeSide.Prefix && value.Step.StartsWith("patch ", StringComparison.Ordinal) =>
            $"{value.Target,-12} {Words(value.Side),-8} {value.Step}",
        _ => null,
    };

    private static string Words(TreeSide side) => side switch
    {
        TreeSide.Base => "base",
        TreeSide.Patched => "patched",
        TreeSide.Early => "early",
        _ => "blame",
    };

    private async Task DrawAsync(IAnsiConsole console)
    {
        await console.Live(Draw()).StartAsync(async live =>
        {
            while (!_stop.IsCancellationRequested)
            {
                live.UpdateTarget(Draw());
                await Task.Delay(Tick, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            live.UpdateTarget(Draw());
        });
    }

    private Rows Draw()
    {
        var table = new Table().Border(TableBorder.None).AddColumns("target", "tree", "step", "time", "done");
        lock (_lock)
        {
            List<IRenderable> rows = [.. _said.Select(s => new Text(s)), table];
            foreach (var ((target, side), row) in _rows)
                table.AddRow([new Text(target), new Text(Words(side)), .. row.Cells(_time)]);
            return new Rows(rows);
        }
    }

    private sealed class Row
    {
        private readonly List<(string Step, bool Passed)> _done = [];
        private string _step = "waits";
        private long _since;
        private bool _runs;

        public void Take(RunEvent value, long now)
        {
            switch (value.State)
            {
                case StepState.Started:
                    (_step, _since, _runs) = (value.Step, now, true);
                    break;
                case StepState.Remark:
                    break;
                case StepState.Again:
                    _done.Clear();
                    (_step, _since, _runs) = ("once more", now, true);
                    break;
                case StepState.Done:
                    (_step, _runs) = (_step == "known" ? _step : "done", false);
                    break;
                case StepState.Cached:
                    (_step, _runs) = ("known", false);
                    break;
                default:
                    _done.Add((value.Step, value.State == StepState.Passed));
                    (_step, _since) = ("", now);
                    break;
            }
        }

        public IEnumerable<IRenderable> Cells(TimeProvider time)
        {
            yield return new Text(_step);
            yield return new Text(_runs ? string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(_since).TotalSeconds:0} s") : "");
            yield return new Markup(string.Join(" ", _done.TakeLast(8).Select(d => $"[{(d.Passed ? "green" : "red")}]{Markup.Escape(d.Step)}[/]")));
        }
    }
}
