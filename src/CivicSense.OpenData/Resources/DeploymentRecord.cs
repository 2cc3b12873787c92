using System.Globalization;
using System.Text.Json.Nodes;

namespace CivicSense.OpenData;

/// <summary>
/// This node in the form of the Differential Privacy Deployments Registry, tier 3 (opendp/deployments-registry-data,
/// <c>schemas/deployments-schema.yaml</c>). The registry keeps YAML, of which JSON is a part.
/// </summary>
static class DeploymentRecord
{
    const int Tier = 3;

    /// <summary>Writes the record.</summary>
    /// <param name="options">Whose node it is.</param>
    /// <param name="plan">The newest plan.</param>
    /// <param name="since">The first day of which anything was released.</param>
    /// <param name="losses">What an owner loses.</param>
    public static JsonObject Write(OpenDataOptions options, ReleasePlan plan, PrivacyDay since, IReadOnlyList<PrivacyLossRow> losses) =>
        new()
    {
        ["url_slug"] = $"civicsense-{Slug(options.NeighbourhoodName)}",
        ["status"] = "Draft",
        ["tier"] = Tier,
        ["deployment"] = new JsonObject
        {
            ["basic"] = Basic(options, plan, since),
            ["dp_variant"] = new JsonObject
            {
                ["variant_name"] = "Zero-concentrated DP",
                ["data_domain"] =
                    "For each enrolled household, each of its sensors and each hour of a day: a count and a sum of readings, or nothing.",
                ["unprotected_quantities"] =
                    "How many households are enrolled in each area; the time zone, the areas and all parameters, "
                    + "which the release plan of a day states before the day begins; "
                    + "that a household's enrolment exists. Values of official stations, which are public already.",
            },
            ["privacy_loss"] = Loss(plan, losses),
            ["deployment_model"] = Model(),
            ["accounting"] = new JsonObject
            {
                ["post_processing"] =
                    "Estimates, intervals, air quality indices, days, weeks, "
                        + "months and parent areas are computed from the noisy sums alone by a state-space model.",
                ["composition"] =
                    "Within a day a privacy filter for each household: the squares of all that it contributes add up to at most 1, "
                    + "whatever was published before, "
                    + "so that a day costs rho = 1/(2 sigma^2). Over days rho adds up. " + Composed(losses),
            },
            ["implementation"] = new JsonObject
            {
                ["preprocessing_and_hyperparameter_tuning"] =
                    "Published calibration formulas by sensor model, the mean (of sound the energetic mean) of an hour, "
                    + "the logarithm relative to a public prediction, a fixed clip. "
                    + "No constant is fitted to private data.",
                ["mechanisms"] =
                    "Discrete Gaussian noise (Canonne, Kamath, Steinke 2020) on integer sums, drawn exactly, without floating point, "
                    + "from the operating system's generator, once for each sum. "
                    + string.Create(CultureInfo.InvariantCulture,
                        $"sigma {plan.Sigma:0.####} in units of the norm bound, {plan.Grid} grid steps to the unit."),
                ["justification"] =
                    "Only the difference from what is already public is released, and a whole day is bounded at once: "
                    + "with plain hourly means the noise would be larger than the air. "
                    + "The proofs, what is not protected and how each constant was chosen stand in the program's documentation "
                    + "(docs/privacy).",
            },
            ["administrative"] = new JsonObject
            {
                ["sources"] = options.BaseAddress is { } address ? $"{address}ledger" : "The ledger page of the node.",
                ["notes"] = "Written by the program from the newest release plan. Every release is in the hash-chained ledger, "
                    + "which anybody can check.",
                ["registry_authors"] = new JsonArray(options.NeighbourhoodName),
            },
        },
    };

    static JsonObject Basic(OpenDataOptions options, ReleasePlan plan, PrivacyDay since) => new()
    {
        ["name"] = $"Air and noise of {options.NeighbourhoodName}",
        ["data_curators"] = new JsonArray(options.NeighbourhoodName),
        ["intended_use"] =
            "Residents see how the air and the noise of their neighbourhood are, and how sure that is; researchers use the noisy sums.",
        ["data_product_type"] = "Summary statistics",
        ["data_product_region"] = $"{options.NeighbourhoodName} (time zone {plan.TimeZone})",
        ["description"] =
            $"Hourly sums over households by area: {string.Join(", ", plan.Quantities.Select(planned => planned.Quantity.Name))}; "
            + $"{plan.Areas.Length} areas of at least five enrolled households each.",
        ["publication_date"] = since.ToString(),
    };

    static JsonObject Loss(ReleasePlan plan, IReadOnlyList<PrivacyLossRow> losses) => new()
    {
        ["privacy_unit"] = "Household-day",
        ["privacy_unit_details"] =
            "Two data sets are adjacent if one is the other without everything that one household's sensors sent on one day; "
            + "the public enrolment is the same. "
            + "With another day of the household in its place (replace-one) the cost is four times rho.",
        ["privacy_parameters"] = new JsonObject
        {
            ["epsilon"] = losses.First(row => row is { Days: 1, Adjacency: "absent" }).Epsilon,
            ["delta"] = IPrivacyLossTable.Delta,
            ["rho"] = plan.Rho,
        },
        ["privacy_parameters_details"] = "rho is exact and holds for each day; epsilon at delta follows from it for one day. "
            + Composed(losses),
    };

    static JsonObject Model() => new()
    {
        ["model_name"] = "Central",
        ["actors"] = "Households own the sensors. The neighbourhood's node receives their readings and is trusted with one running sum "
            + "for each sensor and hour until that hour is released. "
            + "Everybody sees what is released.",
        ["release_type"] = "Many releases",
        ["release_type_details"] = "Every hour, without an end.",
        ["data_source_type"] = "Dynamic",
        ["data_source_type_details"] = "Readings come in continually; each belongs to one hour.",
        ["access_type"] = "Non-interactive",
        ["access_type_details"] = "Nobody can ask the private data anything.",
    };

    static string Composed(IReadOnlyList<PrivacyLossRow> losses)
    {
        var rows = losses.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Days} ({row.Adjacency}) {row.Epsilon:0.###}"));
        return string.Create(
            CultureInfo.InvariantCulture, $"Epsilon at delta {IPrivacyLossTable.Delta} over days: {string.Join("; ", rows)}.");
    }

    static string Slug(string name)
    {
        var slug = string.Concat(name.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
        return string.Join('-', slug.Split('-', StringSplitOptions.RemoveEmptyEntries)) is { Length: > 0 } words ? words : "node";
    }
}
