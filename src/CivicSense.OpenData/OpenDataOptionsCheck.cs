using System.Globalization;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>Checks <see cref="OpenDataOptions"/>; every sentence names the setting, its value and what is allowed.</summary>
static class OpenDataOptionsCheck
{
    static string Languages => string.Join(", ", LanguageCatalogue.All.Select(language => language.Code));

    public static IReadOnlyList<string> Find(OpenDataOptions options)
    {
        var errors = new List<string>();
        if (options.NeighbourhoodName is not { Length: >= 1 and <= 100 } || string.IsNullOrWhiteSpace(options.NeighbourhoodName))
            errors.Add("NeighbourhoodName must have 1 to 100 characters.");
        if (options.Notice is { } notice) errors.AddRange(CheckNotice(notice));
        if (LanguageCatalogue.Find(options.Language) is null)
            errors.Add($"Language is '{options.Language}'; the languages are {Languages}.");
        if (string.IsNullOrEmpty(options.TimeZone) || !TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _))
            errors.Add($"TimeZone is '{options.TimeZone}', which this machine does not know. Use an IANA name such as 'Europe/London'.");
        if (options.PageSize is < 1 or > OpenDataOptions.MaximumPageSize)
            errors.Add($"PageSize is {options.PageSize}; it must be 1 to {OpenDataOptions.MaximumPageSize}.");
        if (options.RequestsPerSecond is < 0 or > 1_000_000)
            errors.Add($"RequestsPerSecond is {options.RequestsPerSecond}; it must be 0 to 1000000.");
        if (!IsIdentifier(options.Licence))
            errors.Add($"Licence is '{options.Licence}'; it must be an SPDX licence identifier such as 'ODbL-1.0' or 'CC-BY-4.0'.");
        else if (DatasetLicence.All.FirstOrDefault(
            known => known.Id.Equals(options.Licence, StringComparison.OrdinalIgnoreCase)) is { } meant && meant.Id != options.Licence)
            errors.Add($"Licence is '{options.Licence}'; SPDX writes it '{meant.Id}'.");
        foreach (var (dataset, licence) in options.DatasetLicences)
        {
            if (DatasetInfo.All.All(known => known.Id != dataset))
                errors.Add($"DatasetLicences names '{dataset}'; the data sets "
                    + $"are {string.Join(", ", DatasetInfo.All.Select(known => known.Id))}.");
            if (DatasetLicence.All.All(known => known.Id != licence))
                errors.Add($"DatasetLicences.{dataset} is '{licence}'; it must be one "
                    + $"of {string.Join(", ", DatasetLicence.All.Select(known => known.Id))}.");
        }
        if (options.BaseAddress is { } address && !(IsWeb(address) && address.AbsolutePath.EndsWith('/') && address.Query.Length == 0))
            errors.Add($"BaseAddress is '{address}'; it must be an absolute http or https address that ends in '/'.");
        if (options.SourceCode is { } source && !IsWeb(source))
            errors.Add($"SourceCode is '{source}'; it must be an absolute http or https address.");
        if (options.MapTiles is { } tiles && !IsTileAddress(tiles))
            errors.Add($"MapTiles is '{tiles}'; it must be an https address that has {{z}}, {{x}} and {{y}}.");
        if (options.MapCredit is { Length: > 200 })
            errors.Add("MapCredit must have at most 200 characters.");
        foreach (var (quantity, limit) in options.DisplayLimits)
        {
            if (!Quantity.TryFind(quantity, out _))
                errors.Add($"DisplayLimits names '{quantity}'; the quantities are {string.Join(", ", Quantity.All)}.");
            if (!(limit is > 0 and <= OpenDataOptions.MaximumDisplayLimit))
            {
                errors.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"DisplayLimits.{quantity} is {limit}; it must be above 0 and at most {OpenDataOptions.MaximumDisplayLimit}."));
            }
        }
        return errors;

        static IEnumerable<string> CheckNotice(Notice notice)
        {
            foreach (var (code, text) in notice.Texts)
            {
                if (code.Length > 0 && LanguageCatalogue.Find(code) is null)
                    yield return $"Notice names the language '{code}'; the languages are {Languages}.";
                if (text is not { Length: <= Notice.MaximumLength })
                    yield return $"Notice{(code.Length > 0 ? "." : "")}{code} must have at most {Notice.MaximumLength} characters.";
            }
        }

        static bool IsIdentifier(string? licence) =>
            licence is { Length: >= 1 and <= 60 }
                && licence.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '+');

        static bool IsTileAddress(string tiles) =>
            Uri.TryCreate(tiles.Replace(OpenDataOptions.AnyServer, "https://a.", StringComparison.Ordinal), UriKind.Absolute, out var uri)
            && uri.Scheme == "https" && Uri.CheckHostName(uri.Host) is UriHostNameType.Dns or UriHostNameType.IPv4
            && ((string[])["{z}", "{x}", "{y}"]).All(hole => tiles.Contains(hole, StringComparison.Ordinal));

        static bool IsWeb(Uri uri) => uri.IsAbsoluteUri && uri.Scheme is "http" or "https";
    }
}

/// <summary>Checks them when the host starts.</summary>
sealed class OpenDataOptionsValidator : IValidateOptions<OpenDataOptions>
{
    public ValidateOptionsResult Validate(string? name, OpenDataOptions options) => options.FindErrors() is { Count: > 0 } errors
        ? ValidateOptionsResult.Fail(errors.Select(error => "OpenData:" + error))
        : ValidateOptionsResult.Success;
}
