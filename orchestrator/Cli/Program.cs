using OpenConfirm.Cli;

return await CommandLine.RunAsync(args);
