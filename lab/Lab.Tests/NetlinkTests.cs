using System.Net;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Tests;

/// <summary>What the kernel answers to requests over netlink, also when it refuses or is interrupted.</summary>
public sealed class NetlinkTests
{
    private const ushort Multi = 2;
    private const ushort DumpInterrupted = 0x10;

    [Test]
    public void A_refusal_names_what_was_asked()
    {
        using var network = new LabNetwork();
        var (a, _) = network.Connect(network.AddNode("a"), network.AddNode("b"));

        Assert.That(() => LabNetwork.AddAddress(a, a.Ip4, 24), Throws.TypeOf<LabException>().With.Message.EqualTo("giving eth0 the address 10.0.1.1/24: File exists"));
        Assert.That(() => LabNetwork.AddRoute(a.Node, IPNetwork.Parse("192.0.2.0/24"), IPAddress.Parse("203.0.113.1")), Throws.TypeOf<LabException>().With.Message.StartsWith("adding a route to 192.0.2.0/24 by 203.0.113.1: "));
        Assert.That(() => LabNetwork.SetMtu(a, 1), Throws.TypeOf<LabException>().With.Message.EqualTo("setting the MTU of eth0 to 1: Invalid argument"));
    }

    [Test]
    public void Answers_to_other_requests_are_passed_over()
    {
        var (answer, heard) = Take(7, [.. Message(20, Multi, 6, 1), .. Message(20, Multi, 7, 2), .. Message(3, Multi, 6, 0)], [.. Message(20, Multi, 7, 3), .. Message(3, Multi, 7, 0)]);
        Assert.That((heard, answer.IsComplete, answer.IsInterrupted), Is.EqualTo((new[] { 2, 3 }, true, false)));
    }

    [TestCase(20)]
    [TestCase(3)]
    public void A_dump_that_was_interrupted_says_so(int where)
    {
        var (answer, _) = Take(7, [.. Message(20, (ushort)(where == 20 ? Multi | DumpInterrupted : Multi), 7, 1), .. Message(3, (ushort)(where == 3 ? Multi | DumpInterrupted : Multi), 7, 0)]);
        Assert.That((answer.IsComplete, answer.IsInterrupted), Is.EqualTo((true, true)));
    }

    [TestCase(2, -17, "asking: File exists")]
    [TestCase(3, -105, "asking: No buffer space available")]
    [TestCase(4, 0, "asking: the kernel lost some of its answers")]
    public void An_error_is_told(int type, int error, string message) =>
        Assert.That(() => Take(7, Message((ushort)type, 0, 7, error)), Throws.TypeOf<LabException>().With.Message.EqualTo(message));

    [TestCase(15)]
    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(21)]
    public void A_wrong_length_is_told(int length)
    {
        var message = Message(20, 0, 7, 0);
        BitConverter.TryWriteBytes(message, length);
        Assert.That(() => Take(7, message), Throws.TypeOf<LabException>().With.Message.EqualTo($"asking: an answer of the kernel's whose length is {length} in 20 octets"));
        Assert.That(() => Take(7, message[..7]), Throws.TypeOf<LabException>());
    }

    private static (NetlinkAnswer Answer, int[] Heard) Take(int sequence, params byte[][] datagrams)
    {
        var answer = new NetlinkAnswer("asking", sequence);
        var heard = new List<int>();
        foreach (var datagram in datagrams)
            answer.Take(datagram, body => heard.Add(BitConverter.ToInt32(body)));
        return (answer, [.. heard]);
    }

    private static byte[] Message(ushort type, ushort flags, int sequence, int content) =>
        [.. BitConverter.GetBytes(20), .. BitConverter.GetBytes(type), .. BitConverter.GetBytes(flags), .. BitConverter.GetBytes(sequence), 0, 0, 0, 0, .. BitConverter.GetBytes(content)];
}
