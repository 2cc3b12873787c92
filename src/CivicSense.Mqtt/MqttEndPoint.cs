using System.Net;

namespace CivicSense.Mqtt;

/// <summary>
/// An address and port where MQTT is spoken. On Linux Kestrel serves it with the listener's own transport, elsewhere with its usual one.
/// </summary>
/// <param name="address">The address; <see cref="IPAddress.IPv6Any"/> is all addresses of both families.</param>
/// <param name="port">The port; 0 for any that is free.</param>
/// <exception cref="ArgumentOutOfRangeException">The port is negative or above 65,535.</exception>
public sealed class MqttEndPoint(IPAddress address, int port) : IPEndPoint(address, port);
