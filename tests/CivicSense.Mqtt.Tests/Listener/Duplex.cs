using System.IO.Pipelines;

namespace CivicSense.Mqtt.Tests.Listener;

/// <summary>Both directions of a connection that has no socket.</summary>
sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;
}
