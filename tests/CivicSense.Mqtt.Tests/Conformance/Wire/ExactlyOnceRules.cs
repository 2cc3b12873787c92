namespace CivicSense.Mqtt.Tests.Conformance.Wire;

/// <summary>
/// The rules of QoS 2 for a client, MQTT 5.0 section 4.3.3, held against what went over the wire on all connections of a session.
/// </summary>
static class ExactlyOnceRules
{
    /// <summary>Every message was published under one identifier, with DUP when again, and never again once PUBREL was sent.</summary>
    public static void CheckSender(IReadOnlyList<TappedPacket> packets, int count)
    {
        var identifiers = new Dictionary<string, ushort>();
        var released = new HashSet<ushort>();
        var open = new Dictionary<ushort, string>();
        foreach (TappedPacket one in packets)
        {
            switch (one.Packet.Type, one.FromClient)
            {
                case (MqttPacket.Publish, true):
                    WireMessage message = one.Packet.AsMessage();
                    bool isFirst = identifiers.TryAdd(message.Payload, message.Identifier);
                    // What was handed to a connection that was just ending may have been lost before the tap.
                    Assert.True(message.Duplicate ? !isFirst || one.Connection > 0 : isFirst, $"DUP of {message.Payload}, [MQTT-3.3.1-1]");
                    Assert.Equal((message.Payload, identifiers[message.Payload]), (message.Payload, message.Identifier));
                    Assert.True(open.TryAdd(message.Identifier, message.Payload) || open[message.Identifier] == message.Payload,
                        "[MQTT-2.2.1-3]");
                    Assert.False(released.Contains(message.Identifier), $"{message.Payload} again after PUBREL, [MQTT-4.3.3-6]");
                    break;
                case (MqttPacket.PubRel, true):
                    released.Add(one.Packet.Identifier);
                    break;
                case (MqttPacket.PubComp, false):
                    released.Remove(one.Packet.Identifier);
                    open.Remove(one.Packet.Identifier);
                    break;
            }
        }

        Assert.Equal(count, identifiers.Count);
    }

    /// <summary>
    /// What was sent under one identifier was delivered once until the client's PUBCOMP, and what was sent after that was delivered anew
    /// ([MQTT-4.3.3-10], [MQTT-4.3.3-12]).
    /// </summary>
    /// <returns>How often the server sent PUBLISH again after its own PUBREL, which [MQTT-4.3.3-6] forbids.</returns>
    public static int CheckReceiver(IReadOnlyList<TappedPacket> packets, IEnumerable<string> delivered)
    {
        var least = new Dictionary<string, int>();
        var most = new Dictionary<string, int>();
        var open = new Dictionary<ushort, bool>();
        foreach (TappedPacket one in packets)
        {
            switch (one.Packet.Type, one.FromClient)
            {
                case (MqttPacket.Publish, false):
                    WireMessage message = one.Packet.AsMessage();
                    bool isOpen = open.TryGetValue(message.Identifier, out bool isReleased);
                    least[message.Payload] = least.GetValueOrDefault(message.Payload) + (isOpen ? 0 : 1);
                    most[message.Payload] = most.GetValueOrDefault(message.Payload) + (isOpen && !isReleased ? 0 : 1);
                    open[message.Identifier] = false;
                    break;
                case (MqttPacket.PubRel, false) when open.ContainsKey(one.Packet.Identifier):
                    // A connection that was just ending may have lost it, or the answer to it: either is right until PUBCOMP is seen.
                    open[one.Packet.Identifier] = true;
                    break;
                case (MqttPacket.PubComp, true):
                    open.Remove(one.Packet.Identifier);
                    break;
            }
        }

        foreach (IGrouping<string, string> one in delivered.GroupBy(payload => payload))
        {
            Assert.True(
                one.Count() >= least[one.Key] && one.Count() <= most[one.Key],
                $"{one.Key} was delivered {one.Count()} times, not {least[one.Key]} to {most[one.Key]}");
        }

        return most.Values.Sum(times => times - 1);
    }
}
