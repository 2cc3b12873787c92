using System.Net;
using System.Net.Sockets;

namespace CivicSense.Vault;

/// <summary>What counts as one address where attempts or connections from one address are limited.</summary>
public static class ClientNetwork
{
    /// <summary>
    /// The IPv4 address, or the IPv6 network of 64 bits, that an address belongs to: a household has one IPv4 address, but at least 2^64
    /// IPv6 addresses (RFC 6177).
    /// </summary>
    public static IPAddress Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
