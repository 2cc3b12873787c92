namespace CivicSense.OpenData;

/// <summary>
/// What a licence allows and asks for, in the flags that OpenAQ states for its sources. Null where that is not known here.
/// </summary>
/// <param name="Id">The SPDX identifier.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its text.</param>
/// <param name="CommercialUseAllowed">Whether it may be used for money.</param>
/// <param name="AttributionRequired">Whether the source must be named.</param>
/// <param name="ShareAlikeRequired">Whether what is made of it must come under the same licence.</param>
/// <param name="ModificationAllowed">Whether it may be changed.</param>
/// <param name="RedistributionAllowed">Whether it may be passed on.</param>
sealed record DatasetLicence(
    string Id, string Name, string Address, bool? CommercialUseAllowed, bool? AttributionRequired, bool? ShareAlikeRequired,
    bool? ModificationAllowed, bool? RedistributionAllowed)
{
    /// <summary>Those whose permissions are known here.</summary>
    public static IReadOnlyList<DatasetLicence> All { get; } =
    [
        Open("ODbL-1.0", "Open Data Commons Open Database License v1.0", "https://opendatacommons.org/licenses/odbl/1-0/",
            attribution: true, shareAlike: true),
        Open("ODC-By-1.0", "Open Data Commons Attribution License v1.0", "https://opendatacommons.org/licenses/by/1-0/", attribution: true,
            shareAlike: false),
        Open("PDDL-1.0", "Open Data Commons Public Domain Dedication and License 1.0", "https://opendatacommons.org/licenses/pddl/1-0/",
            attribution: false, shareAlike: false),
        Open("CC-BY-4.0", "Creative Commons Attribution 4.0 International", "https://creativecommons.org/licenses/by/4.0/",
            attribution: true, shareAlike: false),
        Open("CC-BY-SA-4.0", "Creative Commons Attribution Share Alike 4.0 International",
            "https://creativecommons.org/licenses/by-sa/4.0/", attribution: true, shareAlike: true),
        Open("CC0-1.0", "Creative Commons Zero v1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/", attribution: false,
            shareAlike: false),
    ];

    /// <summary>Finds a licence by its SPDX identifier; of one that is not known here only the address of its text at SPDX is.</summary>
    public static DatasetLicence Find(string id) => All.FirstOrDefault(licence => licence.Id == id)
        ?? new DatasetLicence(id, id, $"https://spdx.org/licenses/{Uri.EscapeDataString(id)}.html", null, null, null, null, null);

    static DatasetLicence Open(string id, string name, string address, bool attribution, bool shareAlike) =>
        new(id, name, address, true, attribution, shareAlike, true, true);
}
