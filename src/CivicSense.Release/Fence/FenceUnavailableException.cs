using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>The fence cannot be written now: its disk is full, read-only or gone. Another process may be able to release.</summary>
sealed class FenceUnavailableException(Exception inner) : VaultUnavailableException(
    "The fence file cannot be written. Make room on its disk and let the node write there.", inner);
