using CliWrap;
using CliWrap.Buffered;

namespace OpenConfirm.Cli.Tests;

/// <summary>A small daemon's git tree in a folder of its own, and series made from it.</summary>
internal sealed class TestTree : IDisposable
{
    private const string Makefile = """
        CFLAGS = -Wall -O1
        CC = gcc
        all: daemon
        daemon: main.o parse.o
        	$(CC) -o $@ main.o parse.o
        %.o: %.c parse.h
        	$(CC) $(CFLAGS) -c -o $@ $<
        check: daemon
        	./run-tests
        install: daemon
        	mkdir -p $(DESTDIR)/sbin && cp daemon $(DESTDIR)/sbin/

        """;

    private const string Main = """
        #include <stdio.h>
        #include <string.h>
        #include "parse.h"

        int main(int argc, char **argv)
        {
          if (argc > 1 && !strcmp(argv[1], "--version"))
          {
            puts("daemon version 1.0");
            return 0;
          }
          return argc > 1 ? parse(argv[1]) : 0;
        }

        """;

    private const string Parse = """
        #include "parse.h"

        int parse(const char *text)
        {
          int unused;
          int n = 0;
          while (*text)
            n += *text++;
          return n == 0;
        }

        """;

    private const string Tests = """
        #!/bin/sh
        if ./daemon a; then echo "PASS: accepts"; else echo "FAIL: accepts"; bad=1; fi
        if ./daemon ""; then echo "FAIL: refuses"; bad=1; else echo "PASS: refuses"; fi
        exit ${bad:-0}

        """;

    /// <summary>The recipe of this tree.</summary>
    public const string Project = """
        title: Daemon
        branch: master
        targets: [debian-12, debian-13]
        memory: 1 GiB
        disk: 256 MiB
        build:
          - name: compile
            run: make -k -j"$JOBS" -O
            timeout: 1m
          - name: install
            run: make install DESTDIR="$STAGING"
            timeout: 1m
          - name: version
            run: '"$STAGING"/sbin/daemon --version'
            timeout: 1m
            expect: 'daemon version'
        unit:
          - name: test
            run: make check
            timeout: 1m
        """;

    private TestTree(string root) => Root = root;

    /// <summary>Folder that holds everything.</summary>
    public string Root { get; }

    /// <summary>The git tree.</summary>
    public string Tree => Path.Combine(Root, "tree");

    /// <summary>Data of the program.</summary>
    public string Data => Path.Combine(Root, "data");

    /// <summary>The project file.</summary>
    public string ProjectFile => Path.Combine(Root, "daemon.yaml");

    /// <summary>A tree with one commit.</summary>
    public static async Task<TestTree> CreateAsync()
    {
        var tree = new TestTree(Directory.CreateTempSubdirectory("openconfirm-test-").FullName);
        Directory.CreateDirectory(tree.Tree);
        await File.WriteAllTextAsync(tree.ProjectFile, Project);
        await tree.GitAsync("init", "-q", "-b", "master");
        await tree.WriteAsync("Makefile", Makefile);
        await tree.WriteAsync("main.c", Main);
        await tree.WriteAsync("parse.c", Parse);
        await tree.WriteAsync("parse.h", "int parse(const char *text);\n");
        await tree.WriteAsync("run-tests", Tests);
        File.SetUnixFileMode(Path.Combine(tree.Tree, "run-tests"), (UnixFileMode)0b111_101_101);
        await tree.CommitAsync("start");
        return tree;
    }

    /// <summary>Replaces a text in a file of the tree; it must be there.</summary>
    public async Task ReplaceAsync(string file, string from, string to)
    {
        var path = Path.Combine(Tree, file);
        var text = await File.ReadAllTextAsync(path);
        Assert.That(text, Does.Contain(from), $"{file} holds what is to be replaced");
        await File.WriteAllTextAsync(path, text.Replace(from, to, StringComparison.Ordinal));
    }

    /// <summary>Writes a file of the tree.</summary>
    public Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(Tree, file), text);

    /// <summary>Commits everything.</summary>
    public async Task CommitAsync(string message)
    {
        await GitAsync("add", "-A");
        await GitAsync("commit", "-q", "-m", message);
    }

    /// <summary>Makes an mbox of the last commits and takes them off the branch.</summary>
    public async Task<string> TakeSeriesAsync(int count)
    {
        var mbox = Path.Combine(Root, "series.mbox");
        await File.WriteAllTextAsync(mbox, await GitAsync("format-patch", "--stdout", "--thread", $"-{count}"));
        await GitAsync("reset", "-q", "--hard", $"HEAD~{count}");
        return mbox;
    }

    /// <summary>Runs git in the tree and returns what it printed.</summary>
    public async Task<string> GitAsync(params string[] arguments)
    {
        var result = await CliWrap.Cli.Wrap("git")
            .WithArguments(["-C", Tree, .. arguments])
            .WithEnvironmentVariables(v => v
                .Set("GIT_CONFIG_GLOBAL", "/dev/null")
                .Set("GIT_AUTHOR_NAME", "Dana").Set("GIT_AUTHOR_EMAIL", "dana@contributor.example")
                .Set("GIT_COMMITTER_NAME", "Dana").Set("GIT_COMMITTER_EMAIL", "dana@contributor.example"))
            .ExecuteBufferedAsync();
        return result.StandardOutput;
    }

    /// <summary>Runs <c>check</c> on a mailbox.</summary>
    public Task<BufferedCommandResult> CheckAsync(string mbox, params string[] more) =>
        RunningProgram.RunAsync(Data, CheckArguments(mbox, more));

    /// <summary>The same as arguments.</summary>
    public IReadOnlyList<string> CheckArguments(string mbox, params string[] more) =>
        ["check", mbox, "--project", ProjectFile, "--tree", Tree, "--out", Path.Combine(Root, "out"), .. more];

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Root, recursive: true);
}
