using CivicSense.Mqtt.Codec;
using CivicSense.Mqtt.Tests.Codec;

namespace CivicSense.Mqtt.Tests.Security;

/// <summary>
/// A client that subscribes and unsubscribes without end has the session saved and the retained messages searched each time.
/// </summary>
public sealed class SubscribePaceTests
{
    const int Rate = 10;
    const int Burst = 5;
    const int Packets = 20;

    static Task<AttackedHost> StartAsync() =>
        AttackedHost.StartAsync(options => (options.SubscribeRate, options.SubscribeBurst) = (Rate, Burst));

    static byte[] Subscribe(int filters) =>
        PacketBuilder.SubscribeV5(1, [.. Enumerable.Range(0, filters).Select(i => ($"open/{i}", (byte)0))]);

    static byte[] Unsubscribe(int filters) => PacketBuilder.Packet(
        MqttPacketType.Unsubscribe, 2, PacketBuilder.UInt16(1), [0],
        PacketBuilder.Join(Enumerable.Range(0, filters).Select(i => PacketBuilder.Text($"open/{i}"))));

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    public async Task Above_its_rate_of_filters_a_client_is_read_more_slowly_and_everything_is_answered(bool unsubscribes, int filters)
    {
        await using AttackedHost host = await StartAsync();
        using RawConnection client = await host.ConnectAsync("client");
        byte[] packet = unsubscribes ? Unsubscribe(filters) : Subscribe(filters);
        await client.SendAsync(PacketBuilder.Join(Enumerable.Repeat(packet, Packets)));
        int answers = 0;
        Task reading = Task.Run(async () =>
        {
            for (int i = 0; i < Packets; i++)
            {
                byte[] answer = await client.ReadPacketAsync();
                Assert.Equal(unsubscribes ? 0xB0 : 0x90, answer[0]);
                Interlocked.Increment(ref answers);
            }
        });

        DateTimeOffset start = host.Time.GetUtcNow();
        await TestHost.UntilAsync(() =>
        {
            // The last packet may run into debt, the next waits until it is paid.
            long allowed = Burst + filters - 1 + (host.Time.GetUtcNow() - start).Ticks * Rate / TimeSpan.TicksPerSecond;
            Assert.True(Volatile.Read(ref answers) * filters <= allowed, "More came than the rate allows.");
            host.Time.AdvanceToWaiter();
            return reading.IsCompleted;
        });
        await reading;
        Assert.Equal(Packets, answers);
    }

    [Fact]
    public async Task Others_subscribe_and_the_same_client_publishes_meanwhile()
    {
        await using AttackedHost host = await StartAsync();
        using RawConnection client = await host.ConnectAsync("client");
        await client.SendAsync([.. Subscribe(Burst), .. PacketBuilder.PublishV5(1, "readings/a", 7, [1])]);
        Assert.Equal(0x90, (await client.ReadPacketAsync())[0]);
        Assert.Equal(0x40, (await client.ReadPacketAsync())[0]);
        await client.SendAsync(Subscribe(1));
        using RawConnection other = await host.ConnectAsync("other");
        await other.SendAsync(Subscribe(1));
        Assert.Equal(0x90, (await other.ReadPacketAsync())[0]);
        await host.AssertOthersAreServedAsync();
    }
}
