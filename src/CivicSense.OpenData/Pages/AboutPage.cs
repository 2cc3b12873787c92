using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/about</c>: what is protected, what is not, and what the numbers mean.</summary>
static class AboutPage
{
    public static async Task<IResult> GetAsync(PageRequest request)
    {
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        var main = new Html();
        main.Append($"<h1>What is protected, and what is not</h1>");
        main.Append($"<section aria-labelledby=\"promise\"><h2 id=\"promise\">The promise</h2>");
        main.Append($"<p>Whatever anyone learns from everything this node ever publishes about a day, they could have learned almost as well had any one household’s sensors been switched off that day. ");
        main.Append($"The promise covers a household’s whole day: all its sensors and all quantities together. It does not rest on what somebody else knows, and it does not wear off when computers get faster. Its name in the literature is differential privacy.</p></section>");

        main.Append($"<section aria-labelledby=\"how\"><h2 id=\"how\">How it works</h2><ol>");
        main.Append($"<li>Sensors send readings to the node. The node keeps one running sum for each sensor and hour, and deletes it when the hour is released; readings are not kept.</li>");
        main.Append($"<li>When an hour has passed, the node compares each household’s average with what the public could already expect, limits how much one household can say in a day, and adds the differences up over all households of an area.</li>");
        main.Append($"<li>It adds random noise to each sum, publishes the noisy sum, writes the ledger and deletes the averages, all in one step.</li>");
        main.Append($"<li>Everything you see here is computed from those noisy sums alone. That is why each number comes with an interval.</li></ol></section>");

        main.Append($"<section aria-labelledby=\"yes\"><h2 id=\"yes\">Protected</h2><ul>");
        main.Append($"<li>Whether a household’s sensors were on that day, and what they measured at any hour: when you cooked, aired, lit the stove, slept or had guests.</li>");
        main.Append($"<li>Where in an area a sensor stands. Areas have at least 5 enrolled households.</li></ul></section>");

        main.Append($"<section aria-labelledby=\"no\"><h2 id=\"no\">Not protected</h2><ul>");
        main.Append($"<li>What is true of everybody. If the air in the whole area is bad, the page says so; that is what it is for.</li>");
        main.Append($"<li>How many households are enrolled in an area. The release plan says it.</li>");
        main.Append($"<li>Habits that repeat for months. The promise is for a day; over many days the losses add up, as the <a href=\"/ledger\">ledger</a> states.</li>");
        main.Append($"<li>What sensors tell others: the same sensor may also send to another platform, and radio can be listened to.</li>");
        main.Append($"<li>A node whose operator cheats. The program is open and the ledger can be checked, but the node itself sees readings as they come in.</li></ul></section>");

        main.Append($"<section aria-labelledby=\"words\"><h2 id=\"words\">What the words mean</h2><dl>");
        main.Append($"<dt><strong>Most likely, between</strong></dt><dd>The best estimate and its 95 % interval: in 95 of 100 cases what the sensors of that area measure on average in that hour lies in it. {Certainty.OfSensors} Errors that all sensors share, in damp air for example, are in no interval and in no “sure”.</dd>");
        main.Append($"<dt><strong>May still change, final</strong></dt><dd>Later hours also teach something about earlier ones. After 48 hours a number has been revised with them, is final and stays.</dd>");
        main.Append($"<dt><strong>Too uncertain</strong></dt><dd>The standard error of the hour is above the limit for showing it as a number. The average of the day is surer, those of the week and the month are surer still. The API has the hour all the same, with its error.</dd>");
        main.Append($"<dt><strong>Fair to moderate, 93 % sure</strong></dt><dd>Bands of the {IndexTables.Europe2024.Name} ({IndexTables.Europe2024.Id}; {IndexTables.Europe2024.Source}). Where no single band is at least 90 % sure, the fewest neighbouring bands that are sure together are named. Only what is measured here is in it, so it is information and no official report.</dd>");
        main.Append($"<dt><strong>Rho, epsilon, delta</strong></dt><dd>The measure of privacy loss. Rho adds up over days. Epsilon with delta is the usual way to write it: whatever is published is at most e^epsilon times as likely, plus delta, as it would be without your data. The smaller, the less anyone learns.</dd></dl>");
        if (plan is not null)
        {
            main.Append($"<p>A number is shown up to a standard error of ");
            var limits = plan.Quantities.Where(planned => request.Options.DisplayLimits.ContainsKey(planned.Quantity.Id))
                .Select(planned => $"{Words.Number(request.Options.DisplayLimits[planned.Quantity.Id], 1)} {planned.Quantity.UnitSymbol} for {planned.Quantity.Name}");
            main.Append($"{string.Join(", ", limits)}.</p>");
        }
        main.Append($"</section>");
        return request.Page("/about", "What is protected", main);
    }
}
