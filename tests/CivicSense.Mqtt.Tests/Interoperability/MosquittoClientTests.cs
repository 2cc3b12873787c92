using System.Diagnostics;

namespace CivicSense.Mqtt.Tests.Interoperability;

/// <summary>The command line clients of Eclipse Mosquitto against the listener.</summary>
public sealed class MosquittoClientTests
{
    static readonly string[] Folders = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

    static Process Start(string tool, TestHost host, string version, string password, params string[] arguments)
    {
        string? path = Folders.Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
        if (path is null) Assert.Skip($"{tool} is not installed");
        string[] common = ["-h", "127.0.0.1", "-p", $"{host.Port}", "-V", version, "-u", "user", "-P", password];
        return Process.Start(new ProcessStartInfo(path, [.. common, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
    }

    static async Task<(int ExitCode, string Output)> EndAsync(Process process)
    {
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TestHost.Patience);
            return (process.ExitCode, await output);
        }
    }

    [Theory]
    [InlineData("mqttv311", "0")]
    [InlineData("mqttv311", "1")]
    [InlineData("mqttv5", "0")]
    [InlineData("mqttv5", "1")]
    public async Task Publishing_reaches_the_application(string version, string qualityOfService)
    {
        await using TestHost host = await TestHost.StartAsync();
        Process publisher = Start("mosquitto_pub", host, version, "secret", "-q", qualityOfService, "-t", "private/pm", "-m", "12.5");
        Assert.Equal(0, (await EndAsync(publisher)).ExitCode);
        await TestHost.UntilAsync(() => !host.Application.Received.IsEmpty);
        Assert.Equal("12.5", Assert.Single(host.Application.Received).Payload);
    }

    [Theory]
    [InlineData("mqttv311", 4)]
    [InlineData("mqttv5", 0x86)]
    public async Task A_wrong_password_becomes_the_exit_code(string version, int code)
    {
        await using TestHost host = await TestHost.StartAsync();
        Assert.Equal(code, (await EndAsync(Start("mosquitto_pub", host, version, "wrong", "-t", "private/pm", "-m", "1"))).ExitCode);
    }

    [Theory]
    [InlineData("mqttv311", "0")]
    [InlineData("mqttv311", "1")]
    [InlineData("mqttv5", "0")]
    [InlineData("mqttv5", "1")]
    public async Task A_subscriber_receives_retained_and_live_messages(string version, string qualityOfService)
    {
        await using TestHost host = await TestHost.StartAsync();
        Process keeper = Start("mosquitto_pub", host, version, "secret", "-r", "-q", "1", "-t", "open/a", "-m", "kept");
        Assert.Equal(0, (await EndAsync(keeper)).ExitCode);
        Process subscriber = Start(
            "mosquitto_sub", host, version, "secret", "-t", "open/#", "-q", qualityOfService, "-C", "2", "-W", "30", "-F", "%r %t %p");
        await TestHost.UntilAsync(() => host.Statistics.MessagesDelivered == 1);
        Process publisher = Start("mosquitto_pub", host, version, "secret", "-q", qualityOfService, "-t", "open/b", "-m", "live");
        Assert.Equal(0, (await EndAsync(publisher)).ExitCode);
        (int exitCode, string output) = await EndAsync(subscriber);
        Assert.Equal((0, "1 open/a kept\n0 open/b live\n"), (exitCode, output));
    }
}
