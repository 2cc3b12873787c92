using CivicSense.Mqtt.Codec;
using CivicSense.Mqtt.Listener;

namespace CivicSense.Mqtt.Tests.Listener.Sessions;

public sealed class SessionStateTests
{
    static byte[] Sample(bool hasWill = true)
    {
        DateTimeOffset end = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
        var waiting = new OutgoingMessage(
            new MessageContent("open/a"u8.ToArray(), "payload"u8.ToArray(), [2, 0, 0, 0, 9, 1, 1], 1, end), 2, true, [7, 300_000], null);
        var published = new OutgoingMessage(
            new MessageContent("open/b"u8.ToArray(), [], [], -1, null), 1, false, [], "$share/g/open/+"u8.ToArray())
        {
            Step = DeliveryStep.Published,
            PacketIdentifier = 17,
        };
        var released = new OutgoingMessage(new MessageContent([], [], [], -1, null), 2, false, [], null)
        {
            Step = DeliveryStep.Released,
            PacketIdentifier = 65_535,
        };
        Subscription[] subscriptions =
        [
            new(null!, "open/#"u8.ToArray(), 2, true, false, [5]),
            new(null!, "$share/g/open/+"u8.ToArray(), 1, false, true, []),
        ];
        var will = new MqttWill("open/will"u8.ToArray(), "gone"u8.ToArray(), 2, true)
        {
            Properties = [2, 0, 0, 0, 9, 1, 1], MessageExpiryOffset = 1, MessageExpiryInterval = 9, DelayInterval = 5,
        };
        return SessionState.Write(new SessionSnapshot(
            true, TimeSpan.FromHours(1), subscriptions, [1, 65_535], 17, [published, released, waiting],
            hasWill ? new SavedWill(will, end) : null));
    }

    [Fact]
    public void What_was_written_is_read_back()
    {
        byte[] state = Sample();
        Assert.True(SessionState.TryRead(state, out SessionSnapshot? snapshot));
        Assert.Equal((true, TimeSpan.FromHours(1), (ushort)17), (snapshot.IsConnected, snapshot.Expiry, snapshot.LastIdentifier));
        Assert.Equal([1, 65_535], snapshot.Incoming);
        Assert.Equal([DeliveryStep.Published, DeliveryStep.Released, DeliveryStep.Waiting],
            snapshot.Outgoing.Select(message => message.Step));
        Assert.Equal([7, 300_000], snapshot.Outgoing[2].SubscriptionIdentifiers);
        Assert.Equal(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero), snapshot.Will?.Due);
        Assert.Equal(state, SessionState.Write(snapshot));
    }

    /// <summary>Written by an earlier version, which knew no wills.</summary>
    [Fact]
    public void A_state_of_version_1_is_still_read()
    {
        byte[] newer = Sample(hasWill: false);
        byte[] older = [1, .. newer[1..^1]];
        Assert.True(SessionState.TryRead(older, out SessionSnapshot? snapshot));
        Assert.Null(snapshot.Will);
        Assert.Equal(newer, SessionState.Write(snapshot));
        Assert.False(SessionState.TryRead([1, .. newer[1..]], out _));
    }

    [Fact]
    public void A_state_that_is_cut_or_too_long_or_of_another_version_is_refused()
    {
        byte[] state = Sample();
        for (int length = 0; length < state.Length; length++)
            Assert.False(SessionState.TryRead(state.AsSpan(0, length), out _), $"{length} bytes");

        Assert.False(SessionState.TryRead([.. state, 0], out _));
        state[0]++;
        Assert.False(SessionState.TryRead(state, out _));
    }

    [Fact]
    public void No_changed_state_brings_the_reader_down()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        byte[] state = Sample();
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = [.. state];
            for (int change = random.Next(1, 4); change > 0; change--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            if (SessionState.TryRead(changed, out SessionSnapshot? snapshot))
            {
                // What is accepted can be worked with: it is written again, and identifiers in flight are different ones.
                Assert.True(SessionState.TryRead(SessionState.Write(snapshot), out _), $"seed {seed}");
            }
        }
    }
}
