using System.Diagnostics;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Lab.Tests;

/// <summary>One thread runs many speakers: what one of them throws is its own end, and nobody else's.</summary>
public sealed class SpeakerLoopTests
{
    [Test]
    public async Task A_callback_that_throws_ends_its_speaker_alone()
    {
        using var bad = await SpeakerPeer.ActiveAsync();
        using var good = await SpeakerPeer.ActiveAsync();
        using var third = new BgpSpeaker(bad.Loop, good.Node, new BgpSpeakerConfig { Local = System.Net.IPAddress.Loopback, Peer = System.Net.IPAddress.Loopback, As = 64496, Identifier = new(1), IsPatient = true });
        await third.StartAsync();
        using var peer = await good.AcceptAsync();
        bad.Speaker.OnMessage = _ => throw new InvalidOperationException("no, thank you");
        await bad.SayAsync(new Keepalive());
        var end = await bad.Speaker.Ended.WaitAsync(SpeakerPeer.Limit);
        await peer.SendAsync(OpenConfirm.Wire.WireWriter.Encode<BgpMessage>(SpeakerPeer.NewOpen(), OpenConfirm.Wire.WireFacts.Default));

        Assert.That((end.Kind, end.Reason), Is.EqualTo((BgpEndKind.Failed, "our own code failed: no, thank you")));
        Assert.That(end.Fault, Is.TypeOf<InvalidOperationException>());
        await SpeakerPeer.UntilAsync(() => third.State == BgpState.OpenConfirm);
    }

    [TestCase("deadline")]
    [TestCase("look")]
    [TestCase("posted")]
    [TestCase("read")]
    [TestCase("failure too")]
    public async Task What_an_endpoint_throws_is_its_end(string where)
    {
        using var loop = new SpeakerLoop();
        var (read, write) = Descriptor.Pipe(Libc.CloseOnExec);
        using (read)
        using (write)
        {
            var (bad, good) = (new Endpoint { Where = where, Number = read.Number }, new Endpoint());
            await loop.InvokeAsync(() =>
            {
                loop.Add(good);
                loop.Add(bad);
                return true;
            });
            if (where == "posted")
                loop.Post(bad, () => throw new InvalidOperationException(where));
            Write(write);
            await SpeakerPeer.UntilAsync(() => bad.Cause is not null);
            var turns = good.Turns;
            await SpeakerPeer.UntilAsync(() => good.Turns > turns + 3);

            Assert.That(bad.Cause!.Message, Is.EqualTo(where));
            Assert.That(good.Cause, Is.Null);
        }
    }

    [Test]
    public async Task Who_is_on_the_loop_when_it_ends_is_told()
    {
        var loop = new SpeakerLoop();
        var endpoint = new Endpoint();
        await loop.InvokeAsync(() =>
        {
            loop.Add(endpoint);
            return true;
        });
        loop.Dispose();
        loop.Dispose();

        Assert.That(endpoint.Cause, Is.TypeOf<LabException>().With.Message.EqualTo("the loop that ran it has ended"));
        Assert.That(await loop.InvokeAsync(() => 7).WaitAsync(SpeakerPeer.Limit), Is.EqualTo(7), "what closes things after that still runs");
        Assert.That(async () => await loop.InvokeAsync(() =>
        {
            loop.Add(endpoint);
            return true;
        }), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task A_speaker_whose_loop_has_ended_says_so()
    {
        using var pair = await SpeakerPeer.ActiveAsync();
        await pair.EstablishAsync();
        pair.Loop.Dispose();

        Assert.That((await pair.Speaker.Ended.WaitAsync(SpeakerPeer.Limit)).Reason, Is.EqualTo("our own code failed: the loop that ran it has ended"));
        Assert.That((await pair.Speaker.CloseAsync().WaitAsync(SpeakerPeer.Limit)).Kind, Is.EqualTo(BgpEndKind.Failed));
        Assert.That(async () => await pair.Speaker.StartAsync().WaitAsync(SpeakerPeer.Limit), Throws.TypeOf<ObjectDisposedException>());
    }

    /// <summary>A descriptor that is closed and opened again has the number of before; what poll found was about the old one.</summary>
    [Test]
    public async Task What_was_found_for_one_socket_is_not_told_of_another_of_its_number()
    {
        using var loop = new SpeakerLoop();
        var (read, write) = Descriptor.Pipe(Libc.CloseOnExec);
        Write(write);
        var endpoint = new Endpoint { Number = read.Number };
        await loop.InvokeAsync(() =>
        {
            loop.Add(endpoint);
            return true;
        });
        await SpeakerPeer.UntilAsync(() => endpoint.Reads > 10);
        var (fresh, freshWrite) = await loop.InvokeAsync(() =>
        {
            var number = read.Number;
            read.Dispose();
            var ends = Descriptor.Pipe(Libc.CloseOnExec);
            Assert.That(ends.Read.Number, Is.EqualTo(number), "the kernel gives the lowest number that is free");
            endpoint.Reads = 0;
            return ends;
        });
        var turns = endpoint.Turns;
        await SpeakerPeer.UntilAsync(() => endpoint.Turns > turns + 3);

        Assert.That(endpoint.Reads, Is.Zero);
        loop.Dispose();
        write.Dispose();
        fresh.Dispose();
        freshWrite.Dispose();
    }

    [Test]
    public async Task A_socket_that_somebody_else_closes_is_told()
    {
        using var loop = new SpeakerLoop();
        var endpoint = new Endpoint { Number = 1_000_000 };
        await loop.InvokeAsync(() =>
        {
            loop.Add(endpoint);
            return true;
        });
        await SpeakerPeer.UntilAsync(() => endpoint.Cause is not null);
        Assert.That(endpoint.Cause!.Message, Is.EqualTo("its socket was closed behind its back"));
    }

    private static unsafe void Write(Descriptor to)
    {
        byte octet = 0;
        Assert.That(Libc.Write(to, &octet, 1), Is.EqualTo((nint)1));
    }

    /// <summary>One that wants to be called all the time, and throws in one place.</summary>
    private sealed class Endpoint : IEndpoint
    {
        public string Where { get; init; } = "";

        public int Number { get; init; } = -1;

        public Exception? Cause { get; private set; }

        public int Turns { get; private set; }

        public int Reads { get; set; }

        public int Descriptor => Cause is null ? Number : -1;

        public bool WantsToWrite => Where == "look" ? throw new InvalidOperationException(Where) : false;

        public long Deadline { get; private set; }

        public void OnReadable()
        {
            Reads++;
            if (Where is "read" or "failure too")
                throw new InvalidOperationException(Where);
        }

        public void OnWritable()
        {
        }

        public void OnDeadline()
        {
            Turns++;
            Deadline = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 1000);
            if (Where == "deadline")
                throw new InvalidOperationException(Where);
        }

        public void OnFailure(Exception cause)
        {
            Cause = cause;
            if (Where == "failure too")
                throw new InvalidOperationException("once more");
        }
    }
}
