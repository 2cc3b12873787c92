using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using CivicSense.Mqtt.Tests.Interoperability;

namespace CivicSense.Mqtt.Tests.Codec;

/// <summary>
/// The npm package mqtt-packet reads what the encoders here write, writes it again, and what it writes means the same to the readers here.
/// Skips with a reason where that package or Node.js is not installed.
/// </summary>
public sealed class IndependentCodecTests
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Another_codec_reads_and_writes_the_same()
    {
        string modules = Path.GetDirectoryName(NodePackages.Find("mqtt-packet"))!;
        List<(CorpusPacket Packet, PacketMeaning Meaning)> table = PacketCorpus.All
            .Select(packet => (packet, PacketMeaning.Of(packet.Bytes, packet.Version, packet.IsFromClient)!))
            .ToList();
        IEnumerable<string> questions = table.Select(row =>
            new JsonObject { ["version"] = (int)row.Packet.Version, ["hex"] = Convert.ToHexString(row.Meaning.Again) }.ToJsonString());
        (int code, string output, string error) = await RunScriptAsync(modules, string.Join('\n', questions));
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

    static async Task<(int Code, string Output, string Error)> RunScriptAsync(string modules, string input)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "Codec", "mqtt-packet-oracle.js")])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["NODE_PATH"] = modules },
        };
        using Process process = Start(start);
        using var patience = new CancellationTokenSource(Patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(patience.Token);
        await process.StandardInput.WriteLineAsync(input.AsMemory(), patience.Token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output, await error);
    }

    static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("Node.js is not installed.");
            throw;
        }
    }
}
