using OpenConfirm.Lab.Speakers;

namespace OpenConfirm.Lab.Tests;

/// <summary>Sending where the link is slower than we are.</summary>
public sealed class FrameQueueTests
{
    [Test]
    public void Frames_wait_in_their_order_for_a_socket_without_room()
    {
        var (room, taken) = (2, new List<byte>());
        var queue = new FrameQueue(
            frame =>
            {
                if (room == 0)
                    return false;
                room--;
                taken.Add(frame[0]);
                return true;
            },
            limit: 100);

        Assert.That(Enumerable.Range(0, 6).Select(i => queue.Send([(byte)i, 0, 0])), Has.All.True);
        Assert.That((taken.ToArray(), queue.IsWaiting, queue.Octets), Is.EqualTo((new byte[] { 0, 1 }, true, 12L)));
        room = 3;
        queue.SendWaiting();
        Assert.That(queue.Send([9]), Is.True, "behind the one that still waits");
        Assert.That(taken, Is.EqualTo(new byte[] { 0, 1, 2, 3, 4 }));
        room = 9;
        queue.SendWaiting();
        Assert.That((taken.ToArray(), queue.IsWaiting, queue.Octets), Is.EqualTo((new byte[] { 0, 1, 2, 3, 4, 5, 9 }, false, 0L)));
    }

    [Test]
    public void What_waits_is_bounded()
    {
        var queue = new FrameQueue(_ => false, limit: 100);
        Assert.That(Enumerable.Range(0, 12).Select(_ => queue.Send(new byte[10])), Is.EqualTo(Enumerable.Range(0, 12).Select(i => i < 10)));
        Assert.That(queue.Octets, Is.EqualTo(100));
    }

    [Test]
    public void What_is_to_be_sent_is_there_once_and_as_it_was_last()
    {
        var queue = new LatestQueue<int>();
        for (var i = 0; i < 1000; i++)
            queue.Put(i % 3, [(byte)i]);
        Assert.That(queue.Count, Is.EqualTo(3));
        var all = new List<byte>();
        for (; queue.TryPeek(out var octets); queue.Take())
            all.AddRange(octets);
        Assert.That(all, Is.EqualTo(new[] { (byte)(999 & 255), (byte)(997 & 255), (byte)(998 & 255) }));
    }

    [Test]
    public void Bursts_rest_in_between()
    {
        var pace = new Pace(rest: 10);
        Assert.That(pace.DueAt, Is.EqualTo(long.MaxValue));
        pace.Want(100);
        Assert.That(pace.DueAt, Is.EqualTo(100));
        pace.Sent(101, isMoreWaiting: true);
        Assert.That(pace.DueAt, Is.EqualTo(111));
        pace.Want(105);
        Assert.That(pace.DueAt, Is.EqualTo(111));
        pace.Sent(112, isMoreWaiting: false);
        pace.Want(113);
        Assert.That(pace.DueAt, Is.EqualTo(122), "not at once after a burst");
    }
}
