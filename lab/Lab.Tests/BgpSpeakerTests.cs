using System.Net.Sockets;
using OpenConfirm.Lab.Shows;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Lab.Tests;

/// <summary>A BGP speaker's end is data: who ended it, with which NOTIFICATION. What it sends goes at the peer's pace.</summary>
public sealed class BgpSpeakerTests
{
    private static readonly byte[] Marker = SpeakerPeer.Marker;

    /// <summary>RFC 4271 section 6.1: what is wrong with a header, the NOTIFICATION for it.</summary>
    public static IEnumerable<TestCaseData> WrongHeaders =>
    [
        new TestCaseData((byte[])[0, .. Marker[1..], 0, 19, 4], 1, 1, "").SetArgDisplayNames("marker"),
        new TestCaseData((byte[])[.. Marker, 0, 18, 4], 1, 2, "0012").SetArgDisplayNames("length 18"),
        new TestCaseData((byte[])[.. Marker, 0, 0, 4], 1, 2, "0000").SetArgDisplayNames("length 0"),
        new TestCaseData((byte[])[.. Marker, 0x10, 1, 2], 1, 2, "1001").SetArgDisplayNames("length 4097"),
        new TestCaseData((byte[])[.. Marker, 0xff, 0xff, 2], 1, 2, "ffff").SetArgDisplayNames("length 65535"),
        new TestCaseData((byte[])[.. Marker, 0, 28, 1], 1, 2, "001c").SetArgDisplayNames("OPEN of 28"),
        new TestCaseData((byte[])[.. Marker, 0, 22, 2], 1, 2, "0016").SetArgDisplayNames("UPDATE of 22"),
        new TestCaseData((byte[])[.. Marker, 0, 20, 3], 1, 2, "0014").SetArgDisplayNames("NOTIFICATION of 20"),
        new TestCaseData((byte[])[.. Marker, 0, 20, 4], 1, 2, "0014").SetArgDisplayNames("KEEPALIVE of 20"),
        new TestCaseData((byte[])[.. Marker, 0, 19, 9], 1, 3, "09").SetArgDisplayNames("type 9"),
    ];

    /// <summary>RFC 4271 section 6.2.</summary>
    public static IEnumerable<TestCaseData> WrongOpens =>
    [
        new TestCaseData(Octets(SpeakerPeer.NewOpen() with { Version = 3 }), 1, "0004").SetArgDisplayNames("version"),
        new TestCaseData(Octets(SpeakerPeer.NewOpen() with { MyAs = 0 }), 2, "").SetArgDisplayNames("AS 0"),
        new TestCaseData(Octets(SpeakerPeer.NewOpen() with { Identifier = default }), 3, "").SetArgDisplayNames("identifier 0"),
        new TestCaseData(Octets(SpeakerPeer.NewOpen() with { Parameters = [new UnknownParameter { Type = 77 }] }), 4, "").SetArgDisplayNames("parameter 77"),
        new TestCaseData(Octets(SpeakerPeer.NewOpen() with { HoldTime = 1 }), 6, "").SetArgDisplayNames("hold time 1"),
        new TestCaseData(Octets(SpeakerPeer.NewOpen() with { HoldTime = 2 }), 6, "").SetArgDisplayNames("hold time 2"),
        new TestCaseData(Lying(28, 200), 0, "").SetArgDisplayNames("parameters longer than the message"),
        new TestCaseData(Lying(28, 3), 0, "").SetArgDisplayNames("parameters shorter than the message"),
        new TestCaseData(Lying(30, 100), 0, "").SetArgDisplayNames("parameter longer than all"),
        new TestCaseData(Lying(32, 100), 0, "").SetArgDisplayNames("capability longer than its parameter"),
    ];

    [TestCaseSource(nameof(WrongHeaders))]
    public async Task A_wrong_header_is_told(byte[] header, int code, int subcode, string data)
    {
        using var pair = await SpeakerPeer.ActiveAsync();
        await pair.EstablishAsync();
        await pair.SayAsync(header);
        await RefusedAsync(pair, BgpState.Established, code, subcode, data);
    }

    [TestCaseSource(nameof(WrongOpens))]
    public async Task A_wrong_open_is_told(byte[] open, int subcode, string data)
    {
        using var pair = await SpeakerPeer.ActiveAsync();
        await pair.SayAsync(open);
        await RefusedAsync(pair, BgpState.OpenSent, 2, subcode, data);
    }

    /// <summary>RFC 6608 section 3: the subcode is the state's, the data the message's type.</summary>
    [TestCase(1, "04")]
    [TestCase(2, "02")]
    [TestCase(3, "01")]
    public async Task A_message_out_of_its_place_is_told(int subcode, string data)
    {
        using var pair = await SpeakerPeer.ActiveAsync();
        switch (subcode)
        {
            case 1:
                await pair.SayAsync(new Keepalive());
                break;
            case 2:
                await pair.SayAsync(SpeakerPeer.NewOpen());
                await pair.SayAsync(new Update());
                break;
            default:
                await pair.EstablishAsync();
                await pair.SayAsync(SpeakerPeer.NewOpen());
                break;
        }

        await RefusedAsync(pair, subcode switch { 1 => BgpState.OpenSent, 2 => BgpState.OpenConfirm, _ => BgpState.Established }, 5, subcode, data);
    }

    /// <summary>RFC 4271 section 6.3: the lengths of an UPDATE are more than there is.</summary>
    [TestCase("0001", "0000")]
    [TestCase("ffff", "0000")]
    [TestCase("0000", "0001")]
    [TestCase("0000", "ffff")]
    public async Task An_update_whose_lengths_lie_is_told(string withdrawn, string attributes)
    {
        using var pair = await SpeakerPeer.ActiveAsync();
        await pair.EstablishAsync();
        await pair.SayAsync([.. Marker, 0, 23, 2, .. Convert.FromHexString(withdrawn), .. Convert.FromHexString(attributes)]);
        await RefusedAsync(pair, BgpState.Established, 3, 1, "");
    }

    [Test]
    public async Task A_hold_time_of_none_has_no_timers()
    {
        using var pair = await SpeakerPeer.ActiveAsync(c => c with { OpenTime = 1 });
        await pair.EstablishAsync(holdTime: 0);
        await Task.Delay(1200);
        Assert.That((pair.Speaker.State, ((IEndpoint)pair.Speaker).Deadline), Is.EqualTo((BgpState.Established, long.MaxValue)));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_peer_that_is_silent_hears_that_the_hold_timer_has_expired(bool isEstablished)
    {
        using var pair = await SpeakerPeer.ActiveAsync(c => c with { OpenTime = 1 });
        if (isEstablished)
            await pair.EstablishAsync(holdTime: 3);
        await pair.SayAsync(Marker[..10]);
        var (heard, end) = await pair.EndAsync();

        Assert.That((end.Kind, end.Sent?.Code, end.State), Is.EqualTo((BgpEndKind.PeerSilent, (byte?)4, isEstablished ? BgpState.Established : BgpState.OpenSent)));
        Assert.That(end.Reason, Is.EqualTo(isEstablished ? "the peer was silent for the hold time" : "the peer did not finish the opening within 1 s"));
        Assert.That(heard[^1], Is.InstanceOf<Notification>().With.Property("Code").EqualTo(4));
    }

    [Test]
    public async Task What_the_peer_gives_as_its_reason_is_kept()
    {
        using var pair = await SpeakerPeer.ActiveAsync();
        await pair.EstablishAsync();
        await pair.SayAsync(new Notification { Code = 6, Subcode = 4, Data = [3, .. "bye"u8] });
        var (_, end) = await pair.EndAsync();

        Assert.That((end.Kind, end.Received?.Code, end.Received?.Subcode, end.Received?.Text), Is.EqualTo((BgpEndKind.PeerNotified, (byte?)6, (byte?)4, "bye")));
        Assert.That(pair.Speaker.LastEnd, Is.SameAs(end));
        Assert.That(end.Sent, Is.Null);
    }

    [Test]
    public async Task What_we_give_as_our_reason_is_kept()
    {
        using var pair = await SpeakerPeer.ActiveAsync();
        await pair.EstablishAsync();
        var end = await pair.Speaker.CloseAsync(6, 3);
        var (heard, _) = await pair.EndAsync();

        Assert.That((end.Kind, end.Sent?.Code, end.Sent?.Subcode), Is.EqualTo((BgpEndKind.Closed, (byte?)6, (byte?)3)));
        Assert.That(heard[^1], Is.InstanceOf<Notification>().With.Property("Subcode").EqualTo(3));
        Assert.That(await pair.Speaker.CloseAsync(), Is.SameAs(end), "it has ended already");
    }

    [Test]
    public async Task A_reset_is_no_close()
    {
        using var pair = await SpeakerPeer.ActiveAsync();
        await pair.EstablishAsync();
        pair.Socket.LingerState = new LingerOption(true, 0);
        pair.Socket.Close();
        Assert.That((await pair.Speaker.Ended.WaitAsync(SpeakerPeer.Limit)).Kind, Is.EqualTo(BgpEndKind.PeerReset));
    }

    /// <summary>The largest one there can be, and more of them behind.</summary>
    [Test]
    public async Task A_notification_without_end()
    {
        using var pair = await SpeakerPeer.ActiveAsync();
        await pair.EstablishAsync();
        var endless = Octets(new Notification { Code = 6, Subcode = 9, Data = new byte[4096 - 21] });
        for (var i = 0; i < 50 && pair.Speaker.State != BgpState.Idle; i++)
        {
            try
            {
                await pair.SayAsync(endless);
            }
            catch (SocketException)
            {
                break;
            }
        }

        var end = await pair.Speaker.Ended.WaitAsync(SpeakerPeer.Limit);
        Assert.That((end.Kind, end.Received?.Subcode, end.Received?.Data.Length), Is.EqualTo((BgpEndKind.PeerNotified, (byte?)9, (int?)4075)));
        Assert.That(end.Reason, Has.Length.LessThan(200));
    }

    [Test]
    public async Task A_second_connection_is_turned_away()
    {
        using var pair = await SpeakerPeer.PassiveAsync();
        await pair.ConnectAsync();
        for (var i = 1; i <= 2; i++)
        {
            await SpeakerPeer.UntilAsync(() => pair.Speaker.State is BgpState.OpenSent or BgpState.Established);
            using var second = await pair.ConnectAsync();
            var told = await SpeakerPeer.HearAsync(second);
            Assert.That(told.Single(), Is.InstanceOf<Notification>().With.Property("Code").EqualTo(6).And.Property("Subcode").EqualTo(7));
            Assert.That(pair.Speaker.Collisions, Is.EqualTo(i));
            if (i == 1)
                await pair.EstablishAsync();
        }

        Assert.That(pair.Speaker.State, Is.EqualTo(BgpState.Established));
    }

    /// <summary>As long as there is time, the next one may be better; then the end says what happened.</summary>
    [Test]
    public async Task A_peer_that_connects_and_closes_in_circles([Values] bool isPassive)
    {
        using var pair = isPassive ? await SpeakerPeer.PassiveAsync(c => c with { OpenTime = 2 }) : await SpeakerPeer.ActiveAsync(c => c with { OpenTime = 2 });
        for (var i = 0; i < 5; i++)
        {
            using var socket = isPassive ? await pair.ConnectAsync() : i == 0 ? pair.Socket : await pair.AcceptAsync();
            socket.Close();
            var drops = i + 1;
            await SpeakerPeer.UntilAsync(() => pair.Speaker.Drops >= drops);
        }

        if (!isPassive)
            pair.Dispose();
        var end = await pair.Speaker.Ended.WaitAsync(SpeakerPeer.Limit);
        if (isPassive)
            Assert.That((end.Kind, end.Reason), Is.EqualTo((BgpEndKind.PeerSilent, "127.0.0.1 did not connect within 2 s that was not dropped; 5 were")));
    }

    [Test]
    public async Task A_sender_waits_for_a_peer_that_does_not_read()
    {
        const int Queue = 1 << 20;
        using var pair = await SpeakerPeer.ActiveAsync(c => c with { QueueBytes = Queue });
        await pair.EstablishAsync();
        var made = 0;
        var sending = BgpAnnouncer.SendAsync(pair.Speaker, Updates(20_000, () => made++), CancellationToken.None);
        var before = -1;
        while (before != Volatile.Read(ref made))
        {
            before = Volatile.Read(ref made);
            await Task.Delay(200);
        }

        Assert.That(sending.IsCompleted, Is.False);
        Assert.That(made, Is.LessThan(20_000));

        // The peer reads on, and all of it comes.
        var reading = SpeakerPeer.HearAsync(pair.Socket);
        Assert.That(await sending.WaitAsync(SpeakerPeer.Limit), Is.Null);
        await pair.Speaker.DrainAsync();
        await pair.Speaker.CloseAsync();
        Assert.That((await reading).OfType<Update>().Count(), Is.EqualTo(20_000));
    }

    [Test]
    public async Task A_peer_that_takes_nothing_for_the_hold_time_has_stalled()
    {
        using var pair = await SpeakerPeer.ActiveAsync(c => c with { QueueBytes = 1 << 20 });
        await pair.EstablishAsync(holdTime: 3);
        using var stop = new CancellationTokenSource();
        var talking = TalkAsync(pair, stop.Token);
        var end = await BgpAnnouncer.SendAsync(pair.Speaker, Updates(1_000_000, () => { }), CancellationToken.None).WaitAsync(SpeakerPeer.Limit);
        await stop.CancelAsync();
        await talking;

        Assert.That((end?.Kind, end?.Sent), Is.EqualTo((BgpEndKind.PeerStalled, (Notification?)null)));
        Assert.That(end!.Reason, Does.Match("^the peer does not take what we send: nothing for 3 s, and [0-9]+ octets are waiting$"));

        // It says KEEPALIVE all the time: the timer of what we hear is not the one that ends it.
        static async Task TalkAsync(SpeakerPeer pair, CancellationToken cancel)
        {
            try
            {
                while (!cancel.IsCancellationRequested)
                {
                    await pair.SayAsync(new Keepalive());
                    await Task.Delay(200, CancellationToken.None);
                }
            }
            catch (SocketException)
            {
            }
        }
    }

    [Test]
    public async Task Who_waits_to_send_can_be_cancelled()
    {
        using var pair = await SpeakerPeer.ActiveAsync(c => c with { QueueBytes = 1 << 16 });
        await pair.EstablishAsync();
        using var cancel = new CancellationTokenSource();
        var sending = BgpAnnouncer.SendAsync(pair.Speaker, Updates(1_000_000, () => { }), cancel.Token);
        cancel.CancelAfter(100);
        Assert.That(async () => await sending.WaitAsync(SpeakerPeer.Limit), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(pair.Speaker.State, Is.EqualTo(BgpState.Established));
    }

    [Test]
    public async Task Who_waits_to_send_hears_of_the_end()
    {
        using var pair = await SpeakerPeer.ActiveAsync(c => c with { QueueBytes = 1 << 16 });
        await pair.EstablishAsync();
        var sending = BgpAnnouncer.SendAsync(pair.Speaker, Updates(1_000_000, () => { }), CancellationToken.None);
        await pair.Speaker.AbortAsync();
        Assert.That((await sending.WaitAsync(SpeakerPeer.Limit))?.Kind, Is.EqualTo(BgpEndKind.Closed));
        Assert.That((await pair.Speaker.SendAsync(new byte[1], CancellationToken.None))?.Kind, Is.EqualTo(BgpEndKind.Closed));
    }

    /// <summary>A new session begins with nothing of the one before.</summary>
    [Test]
    public async Task It_starts_again_after_every_end()
    {
        using var pair = await SpeakerPeer.PassiveAsync();
        for (var i = 0; i < 20; i++)
        {
            using var socket = await pair.ConnectAsync();
            await socket.SendAsync((byte[])[.. Octets(SpeakerPeer.NewOpen()), .. Octets(new Keepalive()), .. Marker[..(i % 16)]]);
            await SpeakerPeer.UntilAsync(() => pair.Speaker.State == BgpState.Established);
            var end = await pair.Speaker.AbortAsync(isReset: i % 2 == 0);
            Assert.That((end.Kind, end.State), Is.EqualTo((BgpEndKind.Closed, BgpState.Established)));
            await pair.Speaker.StartAsync();
        }
    }

    private static async Task RefusedAsync(SpeakerPeer pair, BgpState state, int code, int subcode, string data)
    {
        var (heard, end) = await pair.EndAsync();
        Assert.That((end.Kind, end.State, end.Sent?.Code, end.Sent?.Subcode), Is.EqualTo((BgpEndKind.PeerWrong, state, (byte?)code, (byte?)subcode)), end.Reason);
        Assert.That(heard[^1], Is.InstanceOf<Notification>());
        var said = (Notification)heard[^1];
        Assert.That((said.Code, said.Subcode, Convert.ToHexStringLower(said.Data)), Is.EqualTo(((byte)code, (byte)subcode, data)));
    }

    private static IEnumerable<Update> Updates(int count, Action made)
    {
        for (var i = 0; i < count; i++)
        {
            made();
            yield return new Update { Withdrawn = PrefixList.Of(PrefixFormat.Ipv4, Enumerable.Range(0, 100).Select(TestRoutes.Of4)) };
        }
    }

    private static byte[] Octets(BgpMessage message) => WireWriter.Encode(message, WireFacts.Default);

    /// <summary>A good OPEN with one octet of its lengths changed: 28 those of all parameters, 30 the parameter's, 32 the capability's.</summary>
    private static byte[] Lying(int at, byte length)
    {
        var octets = Octets(SpeakerPeer.NewOpen());
        octets[at] = length;
        return octets;
    }
}
