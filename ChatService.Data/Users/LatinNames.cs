using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace ChatService.Data;

/// <summary>
/// Unicode's NFC for Latin names, from a table of our own: where the process runs without culture data, as small container images do,
/// the framework's leaves every text as it is.
/// </summary>
internal static class LatinNames
{
    /// <summary>Each mark with its combining class, and the letters that it makes, each before the letter that it is put on.</summary>
    private static readonly (char Mark, int Class, string Made)[] _marks =
    [
        ('\u0300', 230, "ÀAÈEÌIÒOÙUàaèeìiòoùuǛÜǜüǸNǹnḔĒḕēṐŌṑōẀWẁwẦÂầâẰĂằăỀÊềêỒÔồôỜƠờơỪƯừưỲYỳy"),
        ('\u0301', 230, "ÁAÉEÍIÓOÚUÝYáaéeíióoúuýyĆCćcĹLĺlŃNńnŔRŕrŚSśsŹZźzǗÜǘüǴGǵgǺÅǻåǼÆǽæǾØǿøḈÇḉçḖĒḗēḮÏḯïḰKḱkḾMḿmṌÕṍõṒŌṓōṔPṕpṸŨṹũẂWẃwẤÂấâẮĂắăẾÊếê"
            + "ỐÔốôỚƠớơỨƯứư"),
        ('\u0302', 230, "ÂAÊEÎIÔOÛUâaêeîiôoûuĈCĉcĜGĝgĤHĥhĴJĵjŜSŝsŴWŵwŶYŷyẐZẑzẬẠậạỆẸệẹỘỌộọ"),
        ('\u0303', 230, "ÃAÑNÕOãañnõoĨIĩiŨUũuṼVṽvẪÂẫâẴĂẵăẼEẽeỄÊễêỖÔỗôỠƠỡơỮƯữưỸYỹy"),
        ('\u0304', 230, "ĀAāaĒEēeĪIīiŌOōoŪUūuǕÜǖüǞÄǟäǠȦǡȧǢÆǣæǬǪǭǫȪÖȫöȬÕȭõȰȮȱȯȲYȳyḠGḡgḸḶḹḷṜṚṝṛ"),
        ('\u0306', 230, "ĂAăaĔEĕeĞGğgĬIĭiŎOŏoŬUŭuḜȨḝȩẶẠặạ"),
        ('\u0307', 230, "ĊCċcĖEėeĠGġgİIŻZżzȦAȧaȮOȯoḂBḃbḊDḋdḞFḟfḢHḣhṀMṁmṄNṅnṖPṗpṘRṙrṠSṡsṤŚṥśṦŠṧšṨṢṩṣṪTṫtẆWẇwẊXẋxẎYẏyẛſ"),
        ('\u0308', 230, "ÄAËEÏIÖOÜUäaëeïiöoüuÿyŸYḦHḧhṎÕṏõṺŪṻūẄWẅwẌXẍxẗt"),
        ('\u0309', 230, "ẢAảaẨÂẩâẲĂẳăẺEẻeỂÊểêỈIỉiỎOỏoỔÔổôỞƠởơỦUủuỬƯửưỶYỷy"),
        ('\u030A', 230, "ÅAåaŮUůuẘwẙy"),
        ('\u030B', 230, "ŐOőoŰUűu"),
        ('\u030C', 230, "ČCčcĎDďdĚEěeĽLľlŇNňnŘRřrŠSšsŤTťtŽZžzǍAǎaǏIǐiǑOǒoǓUǔuǙÜǚüǦGǧgǨKǩkǮƷǯʒǰjȞHȟh"),
        ('\u030F', 230, "ȀAȁaȄEȅeȈIȉiȌOȍoȐRȑrȔUȕu"),
        ('\u0311', 230, "ȂAȃaȆEȇeȊIȋiȎOȏoȒRȓrȖUȗu"),
        ('\u031B', 216, "ƠOơoƯUưu"),
        ('\u0323', 220, "ḄBḅbḌDḍdḤHḥhḲKḳkḶLḷlṂMṃmṆNṇnṚRṛrṢSṣsṬTṭtṾVṿvẈWẉwẒZẓzẠAạaẸEẹeỊIịiỌOọoỢƠợơỤUụuỰƯựưỴYỵy"),
        ('\u0324', 220, "ṲUṳu"),
        ('\u0325', 220, "ḀAḁa"),
        ('\u0326', 220, "ȘSșsȚTțt"),
        ('\u0327', 202, "ÇCçcĢGģgĶKķkĻLļlŅNņnŖRŗrŞSşsŢTţtȨEȩeḐDḑdḨHḩh"),
        ('\u0328', 202, "ĄAąaĘEęeĮIįiŲUųuǪOǫo"),
        ('\u032D', 220, "ḒDḓdḘEḙeḼLḽlṊNṋnṰTṱtṶUṷu"),
        ('\u032E', 220, "ḪHḫh"),
        ('\u0330', 220, "ḚEḛeḬIḭiṴUṵu"),
        ('\u0331', 220, "ḆBḇbḎDḏdḴKḵkḺLḻlṈNṉnṞRṟrṮTṯtẔZẕzẖh"),
    ];

    private static readonly FrozenDictionary<char, int> _classes = _marks.ToFrozenDictionary(mark => mark.Mark, mark => mark.Class);

    private static readonly FrozenDictionary<char, string> _parts = _marks
        .SelectMany(mark => Enumerable.Range(0, mark.Made.Length / 2).Select(i => (Whole: mark.Made[2 * i], Parts: $"{mark.Made[(2 * i) + 1]}{mark.Mark}")))
        // Signs that are letters, and marks that are others.
        .Concat<(char Whole, string Parts)>([('\u212A', "K"), ('\u212B', "A\u030A"), ('\u0340', "\u0300"), ('\u0341', "\u0301"), ('\u0344', "\u0308\u0301")])
        .ToFrozenDictionary(made => made.Whole, made => made.Parts);

    private static readonly FrozenDictionary<string, char> _wholes = _parts
        .Where(made => char.IsLetter(made.Key) && made.Key < '\u2000').ToFrozenDictionary(made => Decompose($"{made.Key}"), made => made.Key);

    /// <summary>The name with its marks put on its letters. Where no letter has a mark, that stays behind its letter.</summary>
    public static string Compose(string name)
    {
        if (Ascii.IsValid(name)) return name;
        var (parts, composed) = (Decompose(name), new StringBuilder());
        for (var start = 0; start < parts.Length;)
        {
            var end = start + 1;
            while (end < parts.Length && IsMark(parts[end])) end++;
            var letter = parts[start..end];
            composed.Append(_wholes.TryGetValue(letter, out var whole) ? $"{whole}" : letter);
            start = end;
        }

        return composed.ToString();
    }

    private static string Decompose(string text)
    {
        var parts = new List<char>(text.Length);
        foreach (var c in text) Decompose(c, parts);
        for (var start = 0; start < parts.Count; start++)
        {
            if (!IsMark(parts[start])) continue;
            var end = start + 1;
            while (end < parts.Count && IsMark(parts[end])) end++;
            // In the order of their classes, those of one class as they were.
            var marks = parts[start..end].OrderBy(mark => _classes.GetValueOrDefault(mark)).ToList();
            for (var i = 0; i < marks.Count; i++) parts[start + i] = marks[i];
            start = end;
        }

        return string.Concat(parts);
    }

    private static void Decompose(char c, List<char> parts)
    {
        if (!_parts.TryGetValue(c, out var known))
        {
            parts.Add(c);
            return;
        }

        foreach (var part in known) Decompose(part, parts);
    }

    private static bool IsMark(char c) => char.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;
}
