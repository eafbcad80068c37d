using System.Buffers.Binary;
using System.Diagnostics;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Lab.Speakers.Isis;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Isis;

namespace OpenConfirm.Lab.Tests;

/// <summary>An IS-IS speaker and neighbours that do not behave: it goes on, or ends with a clear cause, in bounded time and memory.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BadNeighborTestsIsis : IDisposable
{
    private const ulong SpeakersFirst = 0x0009_0000;
    private const ulong PuppetsFirst = 0x0001_0000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private LabNetwork _network = null!;
    private SpeakerLoop _loop = null!;
    private IsisSpeaker _speaker = null!;
    private IsisPuppet _puppet = null!;

    public void Dispose()
    {
        _speaker?.Dispose();
        _puppet?.Dispose();
        _loop?.Dispose();
        _network?.Dispose();
    }

    [Test]
    public async Task A_pdu_cut_anywhere([Values] bool isPointToPoint)
    {
        await StartAsync(isPointToPoint);
        await _puppet.BecomeUpAsync();
        foreach (var pdu in EveryKind())
        {
            var lengthAt = pdu[4] is 16 or 17 ? 17 : 8;
            for (var length = 0; length < pdu.Length; length++)
            {
                _puppet.Send(pdu.AsSpan(0, length));
                var honest = pdu[..length];
                if (length >= lengthAt + 2)
                    BinaryPrimitives.WriteUInt16BigEndian(honest.AsSpan(lengthAt), (ushort)length);
                if (pdu[4] is not 16 and not 17) // Shorter hellos are good ones, with less in them.
                    _puppet.Send(honest);
            }
        }

        await IsUpAsync();
        await HasNotAsync(PuppetsFirst);
    }

    [Test]
    public async Task A_pdu_that_lies_about_its_length([Values(0, 1, 9, 26, 1400, 0xffff)] int length, [Values] bool isPointToPoint)
    {
        await StartAsync(isPointToPoint);
        await _puppet.BecomeUpAsync();
        foreach (var pdu in EveryKind())
        {
            BinaryPrimitives.WriteUInt16BigEndian(pdu.AsSpan(pdu[4] is 16 or 17 ? 17 : 8), (ushort)length);
            _puppet.Send(pdu);
        }

        await IsUpAsync();
        await HasNotAsync(PuppetsFirst);
    }

    [Test]
    public async Task Identifiers_of_another_length([Values(1, 3, 8, 255)] byte length)
    {
        await StartAsync();
        await _puppet.BecomeUpAsync();
        foreach (var pdu in EveryKind())
        {
            pdu[3] = length;
            _puppet.Send(pdu);
        }

        await IsUpAsync();
        await HasNotAsync(PuppetsFirst);
    }

    /// <summary>Whatever is in an LSP whose own length and checksum are right comes back as it came.</summary>
    [Test]
    public async Task An_lsp_whose_content_makes_no_sense([Values(0, 1, 2, 3)] int which)
    {
        byte[] tlvs = which switch
        {
            0 => [22, 200, 1, 2, 3],
            1 => [22],
            2 => [135, 3, 0, 0, 0],
            _ => [250, 2, 1, 2, 22, 11, 0, 0, 0, 0, 0, 3, 0, 0, 0, 9, 200],
        };
        var lsp = IsisPuppet.Lsp(PuppetsFirst, 7, tlvs);
        await StartAsync();
        await _puppet.BecomeUpAsync();
        _puppet.Send(lsp);
        Assert.That((await AskAsync(PuppetsFirst)).Octets, Is.EqualTo(lsp));
    }

    [Test]
    public async Task An_lsp_with_a_wrong_checksum()
    {
        await StartAsync();
        await _puppet.BecomeUpAsync();
        var lsp = IsisPuppet.Lsp(PuppetsFirst, 7, [250, 2, 1, 2]);
        lsp[^1] ^= 1;
        _puppet.Send(lsp);
        await HasNotAsync(PuppetsFirst);
        Assert.That(_speaker.Complaint, Does.Contain("its checksum is wrong"));
    }

    [Test]
    public async Task A_flood_of_new_lsps()
    {
        await StartAsync(change: c => c with { DatabaseBytes = 1 << 20 });
        await _puppet.BecomeUpAsync();
        for (var i = 0UL; !_speaker.Ended.IsCompleted && i < 100_000; i++)
        {
            _puppet.Send(IsisPuppet.Lsp(0x77_0000_0000 + i, 1, new byte[200]));
            if (i % 50 == 0)
                await Task.Yield();
        }

        Assert.That(await EndAsync(), Is.EqualTo("the neighbour floods more LSPs than 1 MiB"));
    }

    [Test]
    public async Task Newer_and_newer_lsps_without_end()
    {
        await StartAsync(change: c => c with { DatabaseBytes = 1 << 20 });
        await _puppet.BecomeUpAsync();
        for (var i = 1u; i < 20_000; i++)
        {
            _puppet.Send(IsisPuppet.Lsp(PuppetsFirst, i, [250, 2, 1, 2]));
            if (i % 50 == 0)
                await Task.Yield();
        }

        await IsUpAsync();
    }

    /// <summary>Neither its hello nor the LSP of the LAN has room for them in a single TLV.</summary>
    [Test]
    public async Task Sixty_systems_on_a_lan()
    {
        await StartAsync(isPointToPoint: false, change: c => c with { Priority = 100 });
        SayHellos(60);
        var lan = await _puppet.UntilAsync(p => p.Pdu is LinkState && p.Id == SpeakersFirst + 0x100 && Neighbors(p) == 61, () => SayHellos(60));
        Assert.That(lan.Octets, Has.Length.LessThan(1492));
        Assert.That(await _speaker.AdjacenciesAsync(), Has.Count.EqualTo(60));

        static int Neighbors(IsisIncoming lsp) => lsp.Pdu.Tlvs.OfType<ExtendedReachability>().Sum(t => t.Neighbors.Count);
    }

    [Test]
    public async Task More_systems_than_a_link_has()
    {
        await StartAsync(isPointToPoint: false);
        SayHellos(200);
        Assert.That(await EndAsync(), Is.EqualTo("more than 100 systems on the link"));
    }

    [Test]
    public async Task A_hello_that_does_not_fit([Values("us", "level", "area", "second")] string what)
    {
        await StartAsync(change: c => what == "area" ? c with { Level = 1, Area = [0x49, 0, 7] } : c);
        if (what == "second")
            await _puppet.BecomeUpAsync();
        var hello = (PointToPointHello)_puppet.Hello(system: what == "us" ? IsisPuppet.Speaker : what == "second" ? [0, 0, 0, 0, 0, 5] : null);
        hello.CircuitType = (byte)(what is "level" or "area" ? 1 : 2);
        _puppet.Send(hello);
        for (var waited = 0; _speaker.Complaint is null && waited < 30_000; waited += 5)
            await Task.Delay(5);

        Assert.That(_speaker.Complaint, Does.Contain(what switch
        {
            "us" => "it has our identifier",
            "level" => "its circuit has no level 2",
            "area" => "it has no area of ours",
            _ => "the link is one between two, and the other one is 000000000001",
        }));
        Assert.That(await _speaker.AdjacenciesAsync(), Has.Count.EqualTo(what == "second" ? 1 : 0));
    }

    /// <summary>ISO 10589 section 7.3.16.4: it is acknowledged, and kept by nobody.</summary>
    [Test]
    public async Task The_purge_of_an_lsp_that_nobody_knows()
    {
        await StartAsync();
        await _puppet.BecomeUpAsync();
        _puppet.Send(IsisPuppet.Lsp(PuppetsFirst, 7, [], lifetime: 0));
        await _puppet.UntilAsync(p => p.Pdu is PartialSequenceNumbers && p.Entries.Any(e => BinaryPrimitives.ReadUInt64BigEndian(e.Id) == PuppetsFirst));
        await HasNotAsync(PuppetsFirst);
    }

    [Test]
    public async Task Somebody_purges_our_lsp()
    {
        await StartAsync();
        await _puppet.BecomeUpAsync();
        _puppet.Send(IsisPuppet.Lsp(SpeakersFirst, 50, [], lifetime: 0));
        var lsp = await _puppet.UntilAsync(p => p.Id == SpeakersFirst && LspOctets.SequenceOf(p.Octets) > 50);
        Assert.That((LspOctets.SequenceOf(lsp.Octets), LspOctets.LifetimeOf(lsp.Octets)), Is.EqualTo((51u, (ushort)1200)));
    }

    [Test]
    public async Task Our_lsp_from_before_a_restart()
    {
        await StartAsync();
        await _puppet.BecomeUpAsync();
        _puppet.Send(IsisPuppet.Lsp(SpeakersFirst, 1000, [250, 2, 1, 2]));
        var lsp = await _puppet.UntilAsync(p => p.Id == SpeakersFirst && LspOctets.SequenceOf(p.Octets) > 1000);
        Assert.That(LspOctets.SequenceOf(lsp.Octets), Is.EqualTo(1001));
        Assert.That(lsp.Pdu.Tlvs.OfType<AreaAddresses>(), Is.Not.Empty);
    }

    [Test]
    public async Task Our_lsp_that_no_longer_holds()
    {
        await StartAsync();
        await _puppet.BecomeUpAsync();
        _puppet.Send(IsisPuppet.Lsp(SpeakersFirst + 0x77, 9, [250, 2, 1, 2]));
        await _puppet.UntilAsync(p => p.Id == SpeakersFirst + 0x77 && LspOctets.LifetimeOf(p.Octets) == 0 && LspOctets.SequenceOf(p.Octets) >= 9);
    }

    /// <summary>ISO 10589 section 7.3.16.2.</summary>
    [Test]
    public async Task Another_lsp_with_the_number_of_ours()
    {
        await StartAsync();
        await _puppet.BecomeUpAsync();
        var ours = await AskAsync(SpeakersFirst);
        _puppet.Send(IsisPuppet.Lsp(SpeakersFirst, LspOctets.SequenceOf(ours.Octets), [250, 2, 1, 2]));
        await _puppet.UntilAsync(p => p.Id == SpeakersFirst && LspOctets.SequenceOf(p.Octets) == LspOctets.SequenceOf(ours.Octets) + 1);
    }

    /// <summary>ISO 10589 section 7.3.16.1: it ends, and only when everybody has forgotten it begins again.</summary>
    [Test]
    public async Task Our_lsp_with_the_last_sequence_number()
    {
        await StartAsync(change: c => c with { SequenceRestartDelay = 0.5 });
        await _puppet.BecomeUpAsync();
        _puppet.Send(IsisPuppet.Lsp(SpeakersFirst, uint.MaxValue, [250, 2, 1, 2]));
        var end = await _puppet.UntilAsync(p => p.Id == SpeakersFirst && (LspOctets.SequenceOf(p.Octets) == uint.MaxValue || LspOctets.SequenceOf(p.Octets) == 0));
        Assert.That((LspOctets.SequenceOf(end.Octets), LspOctets.LifetimeOf(end.Octets)), Is.EqualTo((uint.MaxValue, (ushort)0)));
        var again = await _puppet.UntilAsync(p => p.Id == SpeakersFirst && LspOctets.LifetimeOf(p.Octets) > 0);
        Assert.That(LspOctets.SequenceOf(again.Octets), Is.EqualTo(1));
    }

    [Test]
    public async Task Sequence_numbers_of_ten_thousand_lsps_that_do_not_exist()
    {
        await StartAsync();
        await _puppet.BecomeUpAsync();
        var asked = new HashSet<ulong>();
        foreach (var (i, some) in Enumerable.Range(0, 10_000).Select(n => 0x77_0000_0000 + (ulong)n).Chunk(75).Index())
        {
            var numbers = Complete(some[0], i == 133 ? ulong.MaxValue : some[^1], some, 5);
            await _puppet.UntilAsync(
                p =>
                {
                    if (p.Pdu is PartialSequenceNumbers)
                        asked.UnionWith(p.Entries.Select(e => BinaryPrimitives.ReadUInt64BigEndian(e.Id)));
                    return asked.Contains(some[^1]);
                },
                () => _puppet.Send(numbers));
        }

        Assert.That(asked, Has.Count.EqualTo(10_000));
        await IsUpAsync();
    }

    [Test]
    public async Task Sequence_numbers_without_end([Values("empty", "backwards", "ours too old", "partial")] string what)
    {
        await StartAsync();
        await _puppet.BecomeUpAsync();
        await _speaker.AnnounceAsync([.. Enumerable.Range(0, 2000).Select(i => Prefix.Of(new Ip4(0x0b000000 + ((uint)i << 8)), 24))], []);
        IsisPdu numbers = what switch
        {
            "empty" => Complete(0, ulong.MaxValue, [], 0),
            "backwards" => Complete(ulong.MaxValue, 0, [SpeakersFirst, SpeakersFirst], 1),
            "ours too old" => Complete(0, ulong.MaxValue, Enumerable.Range(0, 10).Select(i => SpeakersFirst + (ulong)i), 0),
            _ => IsisPuppet.Request(Enumerable.Range(0, 10).Select(i => SpeakersFirst + (ulong)i)),
        };
        var octets = WireWriter.Encode(numbers, WireFacts.Default);
        for (var i = 0; i < 5000; i++)
        {
            _puppet.Send(octets);
            if (i % 50 == 0)
                await Task.Yield();
        }

        await IsUpAsync();
    }

    [Test]
    public async Task A_designated_system_that_loses_its_office_purges_the_lsp_of_the_lan()
    {
        await StartAsync(isPointToPoint: false, change: c => c with { Priority = 50 });
        await _puppet.BecomeUpAsync();
        await _puppet.UntilAsync(p => p.Id == SpeakersFirst + 0x100 && LspOctets.LifetimeOf(p.Octets) > 0, () => _puppet.Send(IsisPuppet.Request(SpeakersFirst + 0x100)));
        await _puppet.UntilAsync(p => p.Id == SpeakersFirst + 0x100 && LspOctets.LifetimeOf(p.Octets) == 0, () => _puppet.Send(_puppet.Hello(priority: 120, lan: [.. IsisPuppet.System, 1])));
    }

    /// <summary>Another name of the LAN with every hello.</summary>
    [Test]
    public async Task A_lan_that_changes_its_name_all_the_time()
    {
        await StartAsync(isPointToPoint: false);
        await _puppet.BecomeUpAsync();
        for (var i = 0; i < 2000; i++)
        {
            _puppet.Send(_puppet.Hello(priority: (byte)(i & 127), lan: [.. IsisPuppet.System, (byte)i]));
            if (i % 20 == 0)
                await Task.Yield();
        }

        await _puppet.UntilAsync(p => p.Pdu is LinkState && p.Id == SpeakersFirst, () => _puppet.Send(Complete(0, ulong.MaxValue, [], 0)));
        Assert.That(_speaker.Ended.IsCompleted, Is.False);
    }

    [Test]
    public async Task Lsps_that_are_not_acknowledged_come_again_and_those_that_are_do_not()
    {
        await StartAsync(change: c => c with { RetransmitInterval = 0.2 });
        await _puppet.BecomeUpAsync();
        await _speaker.AnnounceAsync([Prefix.Of(new Ip4(0x0b000000), 24)], []);
        await _puppet.UntilAsync(p => p.Id == SpeakersFirst + 1);
        var again = await _puppet.UntilAsync(p => p.Id == SpeakersFirst + 1);
        var first = await AskAsync(SpeakersFirst);
        _puppet.Send(Acknowledge(again.Octets, first.Octets));

        // What was on its way comes, then nothing for three intervals.
        var clock = Stopwatch.StartNew();
        for (var quiet = 0; quiet < 60; quiet++)
        {
            if (_puppet.Next() is { Pdu: LinkState })
            {
                Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), "acknowledged, and sent all the same");
                quiet = 0;
                _puppet.Send(Acknowledge(again.Octets, first.Octets));
            }

            await Task.Delay(10);
        }
    }

    private async Task StartAsync(bool isPointToPoint = true, Func<IsisSpeakerConfig, IsisSpeakerConfig>? change = null)
    {
        _network = new LabNetwork();
        _loop = new SpeakerLoop();
        var (a, b) = _network.Connect(_network.AddNode("speaker"), _network.AddNode("puppet"));
        var config = new IsisSpeakerConfig { System = IsisPuppet.Speaker, IsPointToPoint = isPointToPoint };
        _speaker = new IsisSpeaker(_loop, a, change?.Invoke(config) ?? config);
        _puppet = new IsisPuppet(b, a, isPointToPoint);
        await _speaker.StartAsync();
    }

    private async Task<string> EndAsync() => await _speaker.Ended.WaitAsync(Patience);

    private IEnumerable<byte[]> EveryKind() =>
    [
        WireWriter.Encode(_puppet.Hello(), WireFacts.Default),
        IsisPuppet.Lsp(PuppetsFirst, 7, [250, 2, 1, 2]),
        WireWriter.Encode<IsisPdu>(Complete(PuppetsFirst, PuppetsFirst + 1, [PuppetsFirst], 0), WireFacts.Default),
        WireWriter.Encode<IsisPdu>(IsisPuppet.Request(PuppetsFirst), WireFacts.Default),
    ];

    private void SayHellos(int count)
    {
        for (var i = 1; i <= count; i++)
            _puppet.Send(_puppet.Hello(system: [0, 0, 0, 0, 1, (byte)i]));
    }

    private static CompleteSequenceNumbers Complete(ulong start, ulong end, IEnumerable<ulong> ids, uint sequence) => new()
    {
        Type = 25,
        Source = [.. IsisPuppet.System, 0],
        Start = LspOctets.Id(start),
        End = LspOctets.Id(end),
        Tlvs = [.. ids.Chunk(15).Select(some => new LspEntries { Entries = [.. some.Select(id => new LspEntries.Entry { Id = LspOctets.Id(id), Lifetime = 1200, Sequence = sequence })] })],
    };

    private static PartialSequenceNumbers Acknowledge(params byte[][] lsps) => new()
    {
        Type = 27,
        Source = [.. IsisPuppet.System, 0],
        Tlvs = { new LspEntries { Entries = [.. lsps.Select(l => new LspEntries.Entry { Id = LspOctets.Id(LspOctets.IdOf(l)), Lifetime = LspOctets.LifetimeOf(l), Sequence = LspOctets.SequenceOf(l), Checksum = LspOctets.ChecksumOf(l) })] } },
    };

    /// <summary>After all that was sent, the adjacency stands: the speaker still answers a request.</summary>
    private async Task IsUpAsync()
    {
        await AskAsync(SpeakersFirst);
        Assert.That((await _speaker.AdjacenciesAsync())["000000000001"], Is.EqualTo(IsisAdjacencyState.Up));
        Assert.That(_speaker.Ended.IsCompleted, Is.False);
    }

    /// <summary>An LSP that the speaker sends because we do not list it.</summary>
    private async Task<IsisIncoming> AskAsync(ulong id)
    {
        while (_puppet.Next() is not null)
        {
        }

        return await _puppet.UntilAsync(p => p.Id == id, () => _puppet.Send(Complete(id, id, [], 0)));
    }

    /// <summary>It would come before its own, in the order of their identifiers.</summary>
    private async Task HasNotAsync(ulong id)
    {
        await AskAsync(SpeakersFirst);
        var found = await _puppet.UntilAsync(p => p.Id == id || p.Id == SpeakersFirst, () => _puppet.Send(Complete(id, SpeakersFirst, [], 0)));
        Assert.That(found.Id, Is.EqualTo(SpeakersFirst));
    }
}
