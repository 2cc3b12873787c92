namespace CivicSense.Mqtt.Tests.Interoperability;

/// <summary>Eclipse Paho's client for Python, as Debian has it, against the listener.</summary>
public sealed class PahoPythonTests
{
    // Arguments: port, version, what to do. Prints one line for each message: quality, retain, topic, payload.
    const string Script = """
        import sys
        import paho.mqtt.client as mqtt
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        port, version, task = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
        received = []

        def client(name, clean):
            if version == 5:
                made = mqtt.Client(name, protocol=mqtt.MQTTv5)
            else:
                made = mqtt.Client(name, clean_session=clean, protocol=mqtt.MQTTv311)
            made.username_pw_set("user", "secret")
            made.on_message = lambda c, u, m: received.append(m)
            return made

        def connect(made, clean):
            connected = []
            made.on_connect = lambda c, u, flags, code, properties=None: connected.append((flags["session present"], code))
            if version == 5:
                lasting = Properties(PacketTypes.CONNECT)
                lasting.SessionExpiryInterval = 0 if clean else 3600
                made.connect("127.0.0.1", port, clean_start=clean, properties=lasting)
            else:
                made.connect("127.0.0.1", port)
            until(made, lambda: connected)
            return connected[0][0]

        def until(made, condition):
            for _ in range(300):
                if condition():
                    return
                made.loop(0.1)
            sys.exit("it did not happen in time")

        def subscribe(made, topic):
            done = []
            made.on_subscribe = lambda *arguments: done.append(1)
            made.subscribe(topic, 2)
            until(made, lambda: done)

        def publish(made, topic, payload, quality, retain=False):
            done = []
            made.on_publish = lambda *arguments: done.append(1)
            made.publish(topic, payload, quality, retain)
            until(made, lambda: done)

        def leave(made):
            gone = []
            made.on_disconnect = lambda *arguments: gone.append(1)
            made.disconnect()
            until(made, lambda: gone)

        if task == "round trip":
            alice = client("alice", True)
            connect(alice, True)
            publish(alice, "open/a", "kept", 1, True)
            subscribe(alice, "open/#")
            for quality in range(3):
                publish(alice, "open/b", "live", quality)
            until(alice, lambda: len(received) == 4)
            leave(alice)
        else:
            alice, bob = client("alice", False), client("bob", True)
            print("session present", connect(alice, False))
            subscribe(alice, "open/#")
            leave(alice)
            connect(bob, True)
            publish(bob, "open/a", "waits", 1)
            publish(bob, "open/b", "waits", 2)
            leave(bob)
            print("session present", connect(alice, False))
            until(alice, lambda: len(received) == 2)
            leave(alice)
        for message in received:
            print(message.qos, int(message.retain), message.topic, message.payload.decode())
        """;

    static async Task<string> RunAsync(TestHost host, int version, string task)
    {
        const string interpreter = "python3";
        using (ForeignClient probe = ForeignClient.Start(interpreter, "-c", "import paho.mqtt.client, sys; sys.exit(paho.mqtt.__version__ >= '2')"))
        {
            if ((await probe.EndAsync()).ExitCode != 0) Assert.Skip("paho-mqtt 1.x for Python is not installed");
        }

        using ForeignClient client = ForeignClient.Start(interpreter, "-c", Script, $"{host.Port}", $"{version}", task);
        (int exitCode, string output) = await client.EndAsync();
        Assert.True(exitCode == 0, output);
        return output;
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Messages_of_every_quality_and_retained_ones_come_back(int version)
    {
        await using TestHost host = await TestHost.StartAsync();
        Assert.Equal("1 1 open/a kept\n0 0 open/b live\n1 0 open/b live\n2 0 open/b live\n", await RunAsync(host, version, "round trip"));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_session_is_resumed_with_what_has_waited(int version)
    {
        await using TestHost host = await TestHost.StartAsync();
        string output = await RunAsync(host, version, "resume");
        string[] lines = output.Replace("True", "1", StringComparison.Ordinal).Replace("False", "0", StringComparison.Ordinal)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["session present 0", "session present 1", "1 0 open/a waits", "2 0 open/b waits"], lines);
    }
}
