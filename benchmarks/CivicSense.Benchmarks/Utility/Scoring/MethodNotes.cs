using System.Globalization;
using CivicSense.Commons;
using CivicSense.Privacy;

namespace CivicSense.Benchmarks.Utility;

/// <summary>Says below the table what each method spends, and what that protects.</summary>
static class MethodNotes
{
    /// <summary>Writes the notes for what was compared.</summary>
    public static void Print(TextWriter output, Quantity quantity, ExperimentSettings settings)
    {
        output.WriteLine();
        output.WriteLine(
            $"MAE, RMSE, bias and width (of the 95 % interval) of {quantity} in {quantity.Unit}. "
            + "by area: coverage of the area where it is least and most.");
        output.WriteLine("shown: standard error within the display limit. skill: MAE over that of the reference alone, below 1 is better.");
        output.WriteLine();
        output.WriteLine(
            "One household's data absent, the enrolment the same."
            + (settings.OtherMethods ? " Values bounded to 0..200 but for civicsense." : ""));
        foreach (var cost in settings.Costs)
        {
            var sigma = GaussianAccounting.Sigma((double)cost.Epsilon, cost.Delta);
            var hour = BoundedNoise.MostValue * OtherMethods.Window / (double)cost.Epsilon;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epsilon {cost.Epsilon}, delta {cost.Delta}, n owners:"));
            Note("civicsense",
                $"owner-day; rho {cost.Rho}, discrete Gaussian on the bounded norm of the day; activity share {DayCost.ActivityShare}");
            if (!settings.OtherMethods)
                continue;
            Note("laplace-hours", $"owner-day, delta 0; Laplace scale {hour:0.#}/n an hour");
            Note("gaussian-day",
                $"owner-day; Gaussian sigma {sigma * BoundedNoise.MostValue * Math.Sqrt(OtherMethods.Window):0.#}/n an hour");
            Note("laplace-day", $"owner-day, delta 0; Laplace scale {BoundedNoise.MostValue / (double)cost.Epsilon:0.#}/n a day");
            Note("uniform", $"any 24 hours, delta 0; Laplace scale {hour:0.#}/n an hour");
            Note("sample", $"any 24 hours, delta 0; Laplace scale {BoundedNoise.MostValue / (double)cost.Epsilon:0.#}/n every 24 hours");
            var least = BoundedNoise.MostValue * 2 / (double)cost.Epsilon;
            Note("budget-absorption",
                $"any 24 hours, delta 0; Laplace scale {2 * hour:0.#}/n for the distance, {least:0.#}/n to {2 * hour:0.#}/n for the value");
        }

        void Note(string method, FormattableString note) =>
            output.WriteLine($"  {method,-18} {note.ToString(CultureInfo.InvariantCulture)}");
    }
}
