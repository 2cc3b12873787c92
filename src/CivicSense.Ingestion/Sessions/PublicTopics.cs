using System.Text;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>The topics that the node itself publishes to, for anybody to read: all under <c>civicsense/v1/public/</c>.</summary>
static class PublicTopics
{
    const string Prefix = $"civicsense/v1/{Device.ReservedName}/";

    static readonly byte[] PrefixBytes = Encoding.UTF8.GetBytes(Prefix);

    /// <summary>Whether everything that a filter can match is public. Wildcards may only follow the whole prefix.</summary>
    public static bool Hold(string filter) => filter.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether a topic name is public.</summary>
    public static bool Hold(ReadOnlySpan<byte> topic) => topic.StartsWith(PrefixBytes);
}
