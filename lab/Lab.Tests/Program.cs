using Microsoft.Testing.Platform.Builder;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Tests;

// Labs are made in namespaces of the program's own: so that the tests leave nothing behind either, they run in them as a whole.
if (!Sandbox.IsInside)
    return await Sandbox.RunInsideAsync(args, CancellationToken.None);

Sandbox.Enter();
var builder = await TestApplication.CreateBuilderAsync(args);
builder.AddSelfRegisteredExtensions(args);
using var application = await builder.BuildAsync();
return await application.RunAsync();
