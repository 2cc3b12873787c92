using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using CivicSense.Ingestion;
using CivicSense.Mqtt;

namespace CivicSense.Node.Broker;

/// <summary>Tries the broker as a stranger of the same user name would: beside the running node, whose messages stay its own.</summary>
/// <remarks>
/// It gets a client identifier from the broker, because the node's own would end the node's connection, and subscribes outside of the
/// group, because each message goes to one member only.
/// </remarks>
static class BrokerCheck
{
    /// <summary>Connects, subscribes, and listens for a while; answers 0 where that went well, otherwise 2.</summary>
    public static async Task<int> RunAsync(
        BrokerSettings settings, IReadOnlyCollection<string> sensors, TimeSpan patience, TextWriter output,
        CancellationToken cancellationToken)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{settings.Address!.Host}:{settings.Port}");
        var heard = new Heard(settings, [.. sensors]);
        try
        {
            var access = BrokerAccess.Read(settings, clientId: "") with { CleanStart = true, ConnectTimeout = TimeSpan.FromSeconds(10) };
            await using var client = await MqttClient.ConnectAsync(access with { Handler = heard }, cancellationToken);
            heard.Client = client;
            await output.WriteLineAsync(
                $"{place}: connected{(settings.IsSecure ? " with TLS" : "")}"
                + $"{(settings.UserName is { } user ? $" as user '{user}'" : "")}.");
            await output.WriteLineAsync(await DescribeSessionAsync(settings, access, cancellationToken));
            var granted = (byte)await client.SubscribeAsync(settings.Topic, 1, cancellationToken);
            await output.WriteLineAsync(FormattableString.Invariant($"{settings.Topic}: subscribed with QoS {granted}.")
                + (granted == 0 ? " The broker grants no more: what is lost on the way is not sent again." : ""));
            await Task.WhenAny(client.Completion, Task.Delay(patience, TimeProvider.System, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (Exception exception) when (Explain(exception, settings, place) is not null)
        {
            await output.WriteLineAsync(Explain(exception, settings, place));
            return 2;
        }
        await output.WriteLineAsync(heard.Describe(patience));
        return 0;
    }

    /// <summary>
    /// Asks for a session as long as the node's, on a connection without a subscription, and ends it again: nothing waits in it.
    /// </summary>
    static async Task<string> DescribeSessionAsync(BrokerSettings settings, MqttClientOptions access, CancellationToken cancellationToken)
    {
        var wanted = TimeSpan.FromHours(settings.SessionHours);
        if (wanted == TimeSpan.Zero)
            return "Session: none (broker.sessionHours is 0). What sensors send while the node is away is lost.";
        await using var client = await MqttClient.ConnectAsync(access with { SessionExpiry = wanted }, cancellationToken);
        var kept = client.Server.SessionExpiry is { } shorter && shorter < wanted ? shorter : wanted;
        await client.DisconnectAsync(sessionExpiry: TimeSpan.Zero);
        return FormattableString.Invariant($"Session: kept for {kept.TotalHours:0.##} hours")
            + (kept < wanted ? FormattableString.Invariant($", although broker.sessionHours asks for {settings.SessionHours:0.##}.") : ".")
            + " Readings without a time of their own (airRohr) do not count through it: see docs/external-broker.md.";
    }

    /// <summary>What a failure to connect means; null where it is none of those that are known.</summary>
    public static string? Explain(Exception exception, BrokerSettings settings, string place) => exception switch
    {
        MqttException refused when Cause<AuthenticationException>(refused) is { } untrusted => Explain(untrusted, settings, place),
        MqttException refused when Cause<SocketException>(refused) is { } unreachable => Explain(unreachable, settings, place),
        MqttException { Reason: MqttReasonCode.BadUserNameOrPassword or MqttReasonCode.NotAuthorized } refused =>
            $"{place}: refused ({refused.Reason}). Are broker.userName and broker.passwordFile right, "
                + $"and may this user read {settings.Topic}?",
        MqttException refused => $"{place}: {refused.Message}",
        SocketException unreachable =>
            $"{place}: cannot be reached: {unreachable.Message}. Is broker.address right, and does the broker run?",
        AuthenticationException untrusted => $"{place}: no encrypted connection: {untrusted.Message} "
            + "If the broker's certificate is signed by an authority of your own, name that in broker.certificateAuthority.",
        TimeoutException =>
            $"{place}: no answer within ten seconds. Is it an MQTT 5.0 broker, and is the port right (with TLS usually 8883)?",
        IOException broken => $"{place}: the connection broke: {broken.Message} Is the port right (with TLS usually 8883)?",
        _ => null,
    };

    static T? Cause<T>(Exception exception) where T : Exception
    {
        for (var cause = exception.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is T found)
                return found;
        }
        return null;
    }

    /// <summary>Counts messages, and looks into none. Acknowledges each, so that the next come.</summary>
    sealed class Heard(BrokerSettings settings, ImmutableHashSet<string> sensors) : IMqttMessageHandler
    {
        readonly BrokerOptions options = settings.ToOptions(static () => throw new InvalidOperationException());
        int messages;
        int known;

        /// <summary>Set before anything is subscribed to, so before anything comes.</summary>
        public MqttClient? Client { get; set; }

        public void Handle(in MqttInboundMessage message)
        {
            Client!.Acknowledge(message.Token);
            // What is retained may be years old, and the node is not sent it.
            if (message.Retain)
                return;
            Interlocked.Increment(ref messages);
            if (sensors.Contains(options.DeviceOf(message)))
                Interlocked.Increment(ref known);
        }

        public string Describe(TimeSpan time) => Volatile.Read(ref messages) == 0
            ? FormattableString.Invariant(
                $"In {time.TotalSeconds:0} seconds no message came. If sensors send now, the broker's access rules do not let ")
                + "this user read their topics; some brokers, Mosquitto among them, say so only by sending nothing."
            : FormattableString.Invariant(
                $"In {time.TotalSeconds:0} seconds {messages} messages came, {known} of them from enrolled sensors.");
    }
}
