using System.Net.Sockets;
using CivicSense.Mqtt.Codec;
using CivicSense.Mqtt.Tests.Codec;

namespace CivicSense.Mqtt.Tests.Security;

/// <summary>Streams of mutated packets through real sockets: afterwards the listener serves and nothing of them is left.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class MutatedStreamTests
{
    static readonly int Streams = Environment.GetEnvironmentVariable("CIVICSENSE_AUDIT") == "1" ? 50_000 : 3_000;

    [Fact]
    public async Task Mutated_streams_leave_no_connection_no_session_and_no_memory()
    {
        int seed = Mutation.ChooseSeed();
        TestContext.Current.TestOutputHelper?.WriteLine($"CIVICSENSE_FUZZ_SEED={seed}");
        await using AttackedHost host = await AttackedHost.StartAsync(options =>
            (options.MaximumRetainedMessages, options.MaximumSessionExpiry) = (100, TimeSpan.FromHours(1)));
        var mutation = new Mutation(seed);
        await SendAsync(host, mutation, 500);
        long before = await SettleAsync(host);
        await SendAsync(host, mutation, Streams);
        long growth = await SettleAsync(host) - before;
        // The captured log keeps a line of each.
        Assert.True(growth < 4_000_000 + 200L * Streams, $"CIVICSENSE_FUZZ_SEED={seed}: {growth} bytes more after {Streams} streams");
        // The mutations reach behind CONNECT, and not always.
        Assert.InRange(host.Statistics.ConnectionsAccepted, Streams / 10, Streams);
        Assert.DoesNotContain(host.Log, line => line.Contains("Exception", StringComparison.Ordinal));
    }

    static async Task SendAsync(AttackedHost host, Mutation mutation, int streams)
    {
        foreach (int[] some in Enumerable.Range(0, streams).Chunk(50))
        {
            byte[][] bytes = [.. some.Select(_ => MakeStream(mutation))];
            await Task.WhenAll(bytes.Select(stream => SendOneAsync(host, stream)));
        }
    }

    static byte[] MakeStream(Mutation mutation)
    {
        byte[][] connects = [PacketBuilder.ConnectV5("fuzz", []), RawConnection.ConnectV311, PacketCorpus.All[0].Bytes];
        byte[] connect = mutation.Next(4) == 0 ? mutation.Next().Bytes : connects[mutation.Next(connects.Length)];
        return [.. connect, .. PacketBuilder.Join(Enumerable.Range(0, 1 + mutation.Next(6)).Select(_ => mutation.Next().Bytes))];
    }

    // Says all it has to say, closes its side, and reads what comes until the server closes.
    static async Task SendOneAsync(AttackedHost host, byte[] stream)
    {
        using Socket socket = await host.OpenSocketAsync();
        try
        {
            await socket.SendAsync(stream);
            socket.Shutdown(SocketShutdown.Send);
            byte[] buffer = new byte[4096];
            while (await socket.ReceiveAsync(buffer.AsMemory()).AsTask().WaitAsync(TestHost.Patience) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // The server may close before everything was sent.
        }
    }

    /// <summary>The memory in use when every connection and session has ended and others are served.</summary>
    static async Task<long> SettleAsync(AttackedHost host)
    {
        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 0);
        host.Time.Advance(TimeSpan.FromHours(2));
        await TestHost.UntilAsync(() => host.Statistics.Sessions == 0);
        await host.AssertOthersAreServedAsync();
        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 0);
        host.Application.Published.Clear();
        host.Application.Closed.Clear();
        while (host.Log.TryDequeue(out string? line)) Assert.DoesNotContain("Exception", line, StringComparison.Ordinal);
        return RetainedMemory.Measure();
    }
}
