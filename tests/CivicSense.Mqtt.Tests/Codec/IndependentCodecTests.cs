using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace CivicSense.Mqtt.Tests.Codec;

/// <summary>
/// The npm package mqtt-packet reads what the encoders here write, writes it again, and what it writes means the same to the readers here.
/// Needs Node.js and npm, and skips with a reason without them.
/// </summary>
public sealed class IndependentCodecTests
{
    const string Package = "mqtt-packet@9.0.2";

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Another_codec_reads_and_writes_the_same()
    {
        string folder = await InstallAsync();
        List<(CorpusPacket Packet, PacketMeaning Meaning)> table = PacketCorpus.All
            .Select(packet => (packet, PacketMeaning.Of(packet.Bytes, packet.Version, packet.IsFromClient)!))
            .ToList();
        IEnumerable<string> questions = table.Select(row =>
            new JsonObject { ["version"] = (int)row.Packet.Version, ["hex"] = Convert.ToHexString(row.Meaning.Again) }.ToJsonString());
        string script = Path.Combine(folder, "oracle.js");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Codec", "mqtt-packet-oracle.js"), script, overwrite: true);
        (int code, string output, string error) = await RunAsync("node", folder, string.Join('\n', questions), script);
        Assert.True(code == 0, error);
        string[] answers = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(table.Count, answers.Length);
        var differences = new List<string>();
        foreach (((CorpusPacket packet, PacketMeaning meaning), string line) in table.Zip(answers))
        {
            JsonNode answer = JsonNode.Parse(line)!;
            string? hex = (string?)answer["hex"];
            string? again = hex is null ? null : PacketMeaning.Of(Convert.FromHexString(hex), packet.Version, packet.IsFromClient)?.Text;
            if (again != meaning.Text) differences.Add($"{packet}: {Convert.ToHexString(meaning.Again)} became {line}");
        }

        Assert.Empty(differences);
    }

    static async Task<string> InstallAsync()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "npm");
        if (Directory.Exists(Path.Combine(folder, "node_modules", "mqtt-packet"))) return folder;
        Directory.CreateDirectory(folder);
        try
        {
            (int code, _, string error) = await RunAsync(
                "npm", folder, "", "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", Package);
            if (code != 0) Assert.Skip($"npm could not install {Package}: {error}");
        }
        catch (Win32Exception)
        {
            Assert.Skip("Node.js and npm are not installed.");
        }

        return folder;
    }

    static async Task<(int Code, string Output, string Error)> RunAsync(string program, string folder, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(patience.Token);
        await process.StandardInput.WriteLineAsync(input.AsMemory(), patience.Token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output, (await error).Trim());
    }
}
