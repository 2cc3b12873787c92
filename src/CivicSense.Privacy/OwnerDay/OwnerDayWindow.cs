namespace CivicSense.Privacy;

/// <summary>How far one owner lies from the public baseline at one key, before the clip. Private.</summary>
/// <param name="Owner">The owner.</param>
/// <param name="Key">The key of the window's release, from 0.</param>
/// <param name="WeightedResidual">In units of the norm bound; any number, NaN and infinities included.</param>
/// <param name="Cap">The public bound on its magnitude, in units of the norm bound; finite and at least 0.</param>
public readonly record struct OwnerDayResidual(int Owner, int Key, double WeightedResidual, double Cap);

/// <summary>The private input of the release of one window: what every owner measured, and what is left of their budgets.</summary>
public sealed class OwnerDayWindow
{
    /// <summary>A window.</summary>
    /// <param name="keys">The number of keys that the plan releases in this window; public.</param>
    /// <param name="enrolment">For every owner of the plan, the number of release areas in which the plan enrols the owner; public.</param>
    /// <param name="remaining">
    /// What is left of the budgets of the owners who have contributed before on this day, in squared grid units; private.
    /// </param>
    /// <param name="residuals">What the owners measured; at most one for each owner and key, in any order. Private.</param>
    /// <exception cref="ArgumentOutOfRangeException">A key is not one of the plan's.</exception>
    public OwnerDayWindow(
        int keys, IReadOnlyDictionary<int, int> enrolment, IReadOnlyDictionary<int, long> remaining, IReadOnlyList<OwnerDayResidual> residuals)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keys);
        ArgumentNullException.ThrowIfNull(enrolment);
        ArgumentNullException.ThrowIfNull(remaining);
        ArgumentNullException.ThrowIfNull(residuals);
        foreach (var residual in residuals)
        {
            if ((uint)residual.Key >= (uint)keys)
            {
                throw new ArgumentOutOfRangeException(nameof(residuals), $"A key is from 0 to {keys - 1}.");
            }
        }

        (Keys, Enrolment, Remaining, Residuals) = (keys, enrolment, remaining, residuals);
    }

    /// <summary>The number of keys.</summary>
    public int Keys { get; }

    /// <summary>For every owner of the plan, the number of release areas.</summary>
    public IReadOnlyDictionary<int, int> Enrolment { get; }

    /// <summary>What is left of the budgets of those who have contributed before.</summary>
    public IReadOnlyDictionary<int, long> Remaining { get; }

    /// <summary>What the owners measured.</summary>
    public IReadOnlyList<OwnerDayResidual> Residuals { get; }
}
