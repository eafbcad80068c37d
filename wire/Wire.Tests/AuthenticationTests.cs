using System.Text;
using OpenConfirm.Wire.Isis;
using OpenConfirm.Wire.Ospf;
using OpenConfirm.Wire.Ospf3;

namespace OpenConfirm.Wire.Tests;

/// <summary>
/// Digests, held against messages that another program signed: Python's hmac and hashlib, over octets put together by hand from the
/// standards' pictures. The standards themselves have no examples.
/// </summary>
public sealed class AuthenticationTests
{
    private const string Short = "secret-7";
    private const string Middle = "0123456789012345678901234567890123456789";
    private const string Long = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";

    [TestCase(DigestAlgorithm.Md5, Short, "0201002cc000020100000000000000020000071001020304ffffff00000a0201000000280000000000000000a682dbcdf0e01f6ba20e91c59278cecb")]
    [TestCase(DigestAlgorithm.Sha1, Short, "0201002cc000020100000000000000020000071401020304ffffff00000a0201000000280000000000000000370215e02505ae9b421d04a2f15bf8a461b4b796")]
    [TestCase(DigestAlgorithm.Sha256, Short, "0201002cc000020100000000000000020000072001020304ffffff00000a020100000028000000000000000032070e13f8a6696c0950739c6892028f3b211f9368678abb63f8bd3a79d0e2c7")]
    [TestCase(DigestAlgorithm.Sha384, Short, "0201002cc000020100000000000000020000073001020304ffffff00000a020100000028000000000000000054edce859f602ef6a0f71fbf4e89bd3683033522522a425275929deb9bcc32e5d89f8147370ed44244003ecff5190ae0")]
    [TestCase(DigestAlgorithm.Sha512, Short, "0201002cc000020100000000000000020000074001020304ffffff00000a020100000028000000000000000064a0bde9ef805719744e7e3c0e407956119fc6b70eda366345882d8d72e830fdf0a31e71dbfaeba3fa89618a2170bb4970ca15a54c8426bb454cb80fb873c4ea")]
    [TestCase(DigestAlgorithm.Md5, Long, "0201002cc000020100000000000000020000071001020304ffffff00000a02010000002800000000000000005604e91aa4a743d28d2425104997da98")]
    [TestCase(DigestAlgorithm.Sha1, Long, "0201002cc000020100000000000000020000071401020304ffffff00000a020100000028000000000000000023130064c50de4cf7bdfbea9f84becad2d372a21")]
    [TestCase(DigestAlgorithm.Md5, Short, "0201002cc000020100000000000000020000071001020304ffffff00000a120100000028000000000000000081e7b460c1e13d959df51eee0a587ed800000009000100040000000100020014010203043acba8444595a8bb4dcc5e7f39bd9af8")]
    [TestCase(DigestAlgorithm.Sha256, Short, "0201002cc000020100000000000000020000072001020304ffffff00000a1201000000280000000000000000a22e0e056492311e6c463f809eb13eca09de539a9a39e2412831242bb7be56b60000000d00010004000000010002002401020304749dc96ec57f58367e0d73cb7774c0868383ae9bdf95d19b08b98e5af2f9855e")]
    [TestCase(DigestAlgorithm.Sha256, Middle, "0201002cc000020100000000000000020000072001020304ffffff00000a0201000000280000000000000000f5c0b190fd3bdd12f3f22faa2a70f9a905cb77d28889fd3d6ecf58dc1237cb62")]
    public void A_signed_packet_of_ospfv2(DigestAlgorithm algorithm, string secret, string hex) => IsJudged(OspfPacket.Kinds, algorithm, secret, hex, p => [p.Digest, .. p.LinkLocal.Tlvs.OfType<LinkLocalAuthentication>().Select(t => t.Digest)]);

    [TestCase(DigestAlgorithm.Sha1, Short, "03010024c000020100000000000000000000000101000413000a00280000000000000000000100240000000700000001000000029706389fc21b22fdb1753afc71671b40c4b34627")]
    [TestCase(DigestAlgorithm.Sha256, Short, "03010024c000020100000000000000000000000101000413000a0028000000000000000000010030000000070000000100000002c9ad94da759f5ee42ede9ca08483e5c0a1152549a549dcfb2bd80f08e2ba9843")]
    [TestCase(DigestAlgorithm.Sha384, Short, "03010024c000020100000000000000000000000101000413000a0028000000000000000000010040000000070000000100000002187c7a8bb712ebb64c1786ff208e84aa9574fba4f3367ac4368b45d54a1e15dbfe8c52b6955b9616b941a61d24ecbbdc")]
    [TestCase(DigestAlgorithm.Sha512, Short, "03010024c000020100000000000000000000000101000413000a002800000000000000000001005000000007000000010000000258c3ac2a9c42fe2a24928c48a0116f3fcb9472507de616f6ac0e58614ecb775f6fe7b11306a5e7880bd4847fe886227154749badae1816c0123a8623ef16d1d8")]
    [TestCase(DigestAlgorithm.Sha256, Short, "03010024c000020100000000000000000000000101000613000a0028000000000000000000000003000100040000000200010030000000070000000100000002c9e739efc2fd54c6a12213fd0bec7adb66d5b767b88e32bba709626716ab9bd7")]
    [TestCase(DigestAlgorithm.Sha256, Long, "03040014c0000201000000000000000000000000000100300000000700000001000000025d0adb3f8d6d9f8332522852df46e05e8261af896510cb41b8bbff0c31c1dc3b")]
    [TestCase(DigestAlgorithm.Sha256, Middle, "03040014c000020100000000000000000000000000010030000000070000000100000002ece56b5957bedb9894eb979eff6397b4b5f69e7dfea12597d80d1dbc9b1cf0ec")]
    public void A_signed_packet_of_ospfv3(DigestAlgorithm algorithm, string secret, string hex) => IsJudged(Ospf3Packet.Kinds, algorithm, secret, hex, p => [p.Trailer.Digest]);

    [TestCase(DigestAlgorithm.Md5, Short, "831b010014010000003404b00000000000010000000000057c16030a1136d54b9ec9eef56b1e8bb4901c66dd4f48010403490001")]
    [TestCase(DigestAlgorithm.Sha1, Short, "831b010014010000003a04b00000000000010000000000056707030a170300078d78c6ae61866d58b8cad5e88c110f06632c2b32010403490001")]
    [TestCase(DigestAlgorithm.Sha256, Short, "831b010014010000004604b0000000000001000000000005ddea030a23030007643a377a253c40ddf771072bc69e9e81fb6ab6670baab261d62ccbd1cd8f8bdb010403490001")]
    [TestCase(DigestAlgorithm.Sha384, Short, "831b010014010000005604b0000000000001000000000005642a030a330300074889a7029a591a27ac2a5d9db0becf9b39140734b6f1ecef5623d832468982413c6b60e9d790ec53f15894b854b49d72010403490001")]
    [TestCase(DigestAlgorithm.Sha512, Short, "831b010014010000006604b0000000000001000000000005e5a1030a43030007addade8247d8399d245836ccb8c80dc837db75ae5f3438305a83991a0202a1b9be7314cee8cdcba39475c0cfbf0b120cb9b383ac56da147641e3311b3c6f4074010403490001")]
    [TestCase(DigestAlgorithm.Md5, Long, "831401001101000003000000000001001e002d010a113606f35ad7fbc13f90f66d81e3453d8a67010403490001")]
    [TestCase(DigestAlgorithm.Sha256, Long, "831401001101000003000000000001001e003f010a2303000738214f0d49901bb87e21c0064e28dbeaa47765e439dc0129850aa62136ea7e3a010403490001")]
    [TestCase(DigestAlgorithm.Sha256, Middle, "831b010014010000004604b00000000000010000000000057dbb030a23030007a774dcd7692be008b9732646d7f32c7775f61645a6eb242add04120d59843f16010403490001")]
    public void A_signed_pdu_of_isis(DigestAlgorithm algorithm, string secret, string hex) => IsJudged(IsisPdu.Kinds, algorithm, secret, hex, p => [.. p.Tlvs.OfType<AuthenticationTlv>().Select(t => t.Digest)]);

    /// <summary>RFC 5304 section 2: an LSP lives on, and its digest stays right; what else is changed makes it wrong.</summary>
    [Test]
    public void An_lsp_ages_under_its_digest()
    {
        var facts = FactsOf(DigestAlgorithm.Md5, Short);
        var octets = WireWriter.Encode<IsisPdu>(new LinkState { Type = 20, Tlvs = { AuthenticationTlv.With(facts.Key!), new TeRouterId() } }, facts);
        Assert.That(DigestOf(octets), Is.Null);
        octets[11]--;
        Assert.That(DigestOf(octets), Is.Null);
        octets[^1]++;
        Assert.That(DigestOf(octets), Has.Length.EqualTo(16));

        byte[]? DigestOf(byte[] lsp) => WireReader.Decode(lsp, IsisPdu.Kinds, facts).Value.Tlvs.OfType<AuthenticationTlv>().Single().Digest;
    }

    /// <summary>The checksum of an LSP covers the digest, and is made after it.</summary>
    [Test]
    public void The_checksum_of_a_signed_lsp_is_right()
    {
        var facts = FactsOf(DigestAlgorithm.Sha256, Short);
        var octets = WireWriter.Encode<IsisPdu>(new LinkState { Tlvs = { AuthenticationTlv.With(facts.Key!) } }, facts);
        Assert.That(((LinkState)WireReader.Decode(octets, IsisPdu.Kinds, WireFacts.Default).Value).WrongChecksum, Is.Null);
    }

    /// <summary>RFC 7166 section 4.2: the checksum is zero, and so is that of link-local signalling.</summary>
    [Test]
    public void A_signed_packet_of_ospfv3_has_no_checksum()
    {
        var facts = FactsOf(DigestAlgorithm.Sha256, Short);
        var hello = new Hello3 { Options = 0x213 };
        hello.Sign(facts.Key!, 1);
        var octets = WireWriter.Encode<Ospf3Packet>(hello, facts);
        Assert.That((octets[12], octets[13], octets[36], octets[37]), Is.EqualTo((0, 0, 0, 0)));
        var read = WireReader.Decode(octets, Ospf3Packet.Kinds, facts).Value;
        Assert.That((read.WrongChecksum, read.LinkLocal.WrongChecksum), Is.EqualTo((default(ushort?), default(ushort?))));
    }

    /// <summary>RFC 7166 section 4.5: the address is under the digest.</summary>
    [Test]
    public void Another_source_makes_the_digest_wrong()
    {
        var facts = FactsOf(DigestAlgorithm.Sha512, Short);
        var hello = new Hello3();
        hello.Sign(facts.Key!, 1);
        var octets = WireWriter.Encode<Ospf3Packet>(hello, facts);
        Assert.That(WireReader.Decode(octets, Ospf3Packet.Kinds, facts).Value.Trailer.Digest, Is.Null);
        Assert.That(WireReader.Decode(octets, Ospf3Packet.Kinds, facts with { Source = Ip6.Parse("fe80::2") }).Value.Trailer.Digest, Has.Length.EqualTo(64));
    }

    [Test]
    public void A_digest_that_is_cut_off_is_told()
    {
        var facts = FactsOf(DigestAlgorithm.Md5, Short);
        var hello = new Hello();
        hello.Sign(facts.Key!, 1);
        var octets = WireWriter.Encode<OspfPacket>(hello, facts);
        var read = WireReader.Decode(octets.AsSpan(0, octets.Length - 1), OspfPacket.Kinds, facts);
        Assert.That(read.Error!.Message, Is.EqualTo("at octet 44, in Digest: 16 octets are wanted, 15 are left"));
        Assert.That(((Hello)read.Value).DeadInterval, Is.EqualTo(40));
    }

    [Test]
    public void A_trailer_that_lies_is_told([Values(0, 1)] int more)
    {
        var hello = new Hello3();
        hello.Sign(FactsOf(DigestAlgorithm.Sha1, Short).Key!, 1);
        var octets = WireWriter.Encode<Ospf3Packet>(hello, Ospf3Samples.Facts);
        octets[39] = more == 0 ? (byte)3 : (byte)17;
        Assert.That(WireReader.Decode(octets, Ospf3Packet.Kinds, Ospf3Samples.Facts).Error!.Message, Is.EqualTo(more == 0
            ? "at octet 38, in Auth Data Length: a length of 3 does not even count the 4 octets before it"
            : "at octet 38, in Auth Data Length: a length of 17, and 16 octets are there"));
    }

    /// <summary>A packet without options has a trailer where what follows it looks like one; anything else stays as it is.</summary>
    [Test]
    public void Octets_behind_an_update_are_a_trailer_or_not([Values] bool isTrailer)
    {
        var octets = WireWriter.Encode<Ospf3Packet>(new LinkStateUpdate3 { Behind = [0, isTrailer ? (byte)1 : (byte)2, 0, 17, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 9, 0xaa, 0xbb] }, Ospf3Samples.Facts);
        var (packet, error) = WireReader.Decode(octets, Ospf3Packet.Kinds, Ospf3Samples.Facts);
        Assert.That((error, packet.HasTrailer, packet.Behind.Length), Is.EqualTo((default(WireException), isTrailer, isTrailer ? 1 : 18)));
        Assert.That((packet.Trailer.Association, packet.Trailer.Sequence, packet.Trailer.Digest), Is.EqualTo(isTrailer ? (5, 9UL, new byte[] { 0xaa }) : (0, 0UL, default(byte[]))));
    }

    /// <summary>RFC 5613 section 2.2: the length counts words, its own head with them, and the sum of all of the block is all ones.</summary>
    [Test]
    public void The_head_of_link_local_signalling()
    {
        var octets = WireWriter.Encode<OspfPacket>(new Hello { Options = 0x12, LinkLocal = { Tlvs = { new ExtendedOptions { Bits = 1 }, new Ospf.UnknownTlv { Type = 9, Value = [1, 2, 3, 4, 5] } } } }, WireFacts.Default);
        var block = octets[44..];
        Assert.That((block[2] << 8) | block[3], Is.EqualTo(block.Length / 4));
        var sum = 0;
        for (var i = 0; i < block.Length; i += 2)
            sum += (block[i] << 8) | block[i + 1];
        Assert.That((sum & 0xffff) + (sum >> 16), Is.EqualTo(0xffff));
    }

    [Test]
    public void Link_local_signalling_that_is_not_there_is_told()
    {
        var hello = WireWriter.Encode<OspfPacket>(new Hello { Options = 0x12 }, WireFacts.Default)[..44];
        Assert.That(WireReader.Decode(hello, OspfPacket.Kinds, WireFacts.Default).Error!.Message, Is.EqualTo("at octet 44, in LLS Checksum: 2 octets are wanted, 0 are left"));
        Assert.That(WireReader.Decode([.. hello, 0, 0, 0x40, 0], OspfPacket.Kinds, WireFacts.Default).Error!.Message, Is.EqualTo("at octet 46, in LLS Data Length: a length of 65536, and 4 octets are there"));
    }

    [Test]
    public void A_block_that_is_no_whole_words_is_not_written() => Assert.That(
        () => WireWriter.Encode<OspfPacket>(new Hello { Options = 0x12, LinkLocal = { Tlvs = { new ExtendedOptions { Padding = [1] } } } }, WireFacts.Default),
        Throws.TypeOf<WireException>().With.Message.EqualTo("at octet 46, in LLS Data Length: 13 octets are no whole words of four"));

    private static WireFacts FactsOf(DigestAlgorithm algorithm, string secret) => Ospf3Samples.Facts with { Key = new(algorithm, 7, Encoding.ASCII.GetBytes(secret)) };

    /// <summary>By its key a digest is right, and made the same; by another, and by none, it stays as it is.</summary>
    private static void IsJudged<T>(Registry<T> kinds, DigestAlgorithm algorithm, string secret, string hex, Func<T, IEnumerable<byte[]?>> digestsOf)
        where T : class, IWire
    {
        var octets = Convert.FromHexString(hex);
        var facts = FactsOf(algorithm, secret);
        foreach (var (session, isRight) in ((WireFacts, bool)[])[(facts, true), (FactsOf(algorithm, "another"), false), (facts with { Key = null }, false)])
        {
            var (message, error) = WireReader.Decode(octets, kinds, session);
            Assert.That(error, Is.Null);
            Assert.That(digestsOf(message), isRight ? Is.All.Null : Is.All.Length.EqualTo(facts.Key!.DigestLength));
            Assert.That(Convert.ToHexStringLower(WireWriter.Encode(message, session)), Is.EqualTo(hex));
            Assert.That(TextPrinter.Print(message, kinds, session).Contains("Dig", StringComparison.Ordinal) || !isRight, isRight ? Is.False : Is.True);
        }
    }
}
