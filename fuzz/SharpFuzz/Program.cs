using OpenConfirm.Fuzz.Decoders;

// Called by the script beside it; see there.
switch (args)
{
    case ["run", var name]:
        // Code that is instrumented must not run before this, so the target is looked up inside.
        global::SharpFuzz.Fuzzer.Run(stream =>
        {
            using var octets = new MemoryStream();
            stream.CopyTo(octets);
            Named(name)!.Run(octets.ToArray());
        });
        return 0;
    case ["replay", var name, .. var files] when Named(name) is { } target:
        foreach (var file in files)
        {
            target.Run(File.ReadAllBytes(file));
            Console.WriteLine($"{file}: good");
        }

        return 0;
    case ["instrument", var assembly]:
        global::SharpFuzz.Fuzzer.Instrument(assembly, _ => true, global::SharpFuzz.Options.Value);
        return 0;
    default:
        Console.Error.WriteLine($"usage: run TARGET | replay TARGET FILE... | instrument ASSEMBLY; targets: {string.Join(", ", DecoderTarget.All.Select(t => t.Name))}");
        return 2;
}

static DecoderTarget? Named(string name) => DecoderTarget.All.FirstOrDefault(t => t.Name == name);
