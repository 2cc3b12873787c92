namespace CivicSense.Privacy;

/// <summary>
/// Stands where exact sums become published values, so that a test can record what a mechanism was given and freeze what it answers.
/// Internal on purpose: nothing outside this room and its tests can put one in.
/// </summary>
interface IMechanismTape
{
    /// <summary>What is published in place of the draws, for these exact sums.</summary>
    /// <param name="exactSums">The input of the mechanism.</param>
    /// <param name="draw">Draws the noise as it would be drawn without the tape.</param>
    IReadOnlyList<Int128> Publish(IReadOnlyList<Int128> exactSums, Func<IReadOnlyList<Int128>> draw);
}
