"""Words that say nothing of the matter, and words that mean the same. Folded; in each group any word stands for any other."""

from typing import Final

from borgerlinje.guides.search.words import stem_of

# What a question is made of, whatever it is about.
_EMPTY: Final = (
    "af alle alt altid andet andre at bare blev blevet bliver blive burde da de dem den denne der deres det dette dig din dine dit du"
    " efter eller en end er et fandt fik fin findes for fordi fra faa faar faaet gaar gik goer goere gerne godt ham han har havde have hej hele hen hende"
    " her hjaelp hjaelpe hos hun hvad hvem hver hvilke hvilken hvilket hvis hvor hvordan hvorfor hvorhen hvornaar i ikke ind ingen inde ja jeg"
    " jer jo kan kom komme kommer kommet kunne kun lave laver lige lidt maa man maatte med meget mellem men mens mere mig min mine mit mod naar ned nej noget nogen nogle nok nu"
    " ny nye nyt nemt og ogsaa om op os over paa saa sagde se selv ser si sig sin sine sit siger skal skulle som staar stadig sted sidst"
    " soege soeger spoerge spoergsmaal spoergsmaalet synes tak tage tager til tilbage tro tror ud uden under var ved vide vi vil ville vores vaere vaeret"
    " aldrig allerede alene bag bagefter begge beder bedt bedre bestemt bruge bruger brugt dagen dage eget egen egne ellers enten faktisk fast fem fire flere foer foerst foerste forkert forskellige fremover foelge gange"
    " gang gammelt gjort gaaet gaa giver give givet god helt helst henne hjemme holde holder hoert huske hurtig hurtigt hvert indtil indenfor isaer kender kalder kaldes kraever laenge laengere langt lang lille lov maaske mange maaned mellem mest mindre mindst"
    " moede muligt muligheder nemlig noedt ofte omkring paagaeldende pludselig rigtig rigtigt rundt samme samt sammen sende sender sendt sikker sikkert siden snart stor store straks stykke taet tager tid tit tre to troede udenfor uge uger"
    " videre virkelig vist visse vaerd aar aaret altsaa burde gerne goere kigge ser set finde finder fundet bedst mener mene praecis slet slags soerge"
    " a about after again all already also always am an and any are as at be been by can could did do does for from get go got had has have hello help her his how i if in is it its just"
    " like ll m me my need not of on or our please s she should so t that the their them there they this to us ve want was we were what when where"
    " which who why will with would you your"
)
EMPTY: Final = frozenset(_EMPTY.split())

# Who it is about and what is done, rather than what it is about: they count, but less.
_WEAK: Final = (
    "mor far moder fader mors fars soen soenner datter doetre bror soester bedstemor bedstefar farfar farmor mormor morfar mand mands kone kones kaereste foraelder foraeldre familie familien"
    " barn boern boernene unge ven veninde nabo chef eks person personer mennesker folk kunde kommune kommunen kommunens offentlige offentlig myndighed"
    " betale betaler betalt koebe koebt koeber saelge solgt aabne aabner lukke lukket lukker skrive skriver skrevet laese laeser hoere hoerer sige"
    " bo bor boede boet arbejde arbejder flere penge kroner beloeb brev papirer papir besked svar hus huset hjem hjemme land dag maaned nummer navn problem problemer fejl"
    " mangler raad rette aendre miste mistet bestille soege ansoege ansoegning hente henter starte starter stoppe gammel gamle ung alene"
    " my mother father son daughter husband wife child children kid kids money pay paid buy open close live living new need people person number letter"
)
WEAK: Final = frozenset(_WEAK.split())

_GROUPS: Final = (
    "mistet mister tabt tabe vaek forsvundet forlagt lost",
    "stjaalet tyveri stole stjael roevet stolen",
    "bestille bestilling ansoege ansoegning soege order apply",
    "forny forlaeng fornyelse forlaengelse udloebet udloebe udloeber renew expired",
    "flytte flytning flyttet indflytning fraflytning adresse move moving moved",
    "doed doede afdoed doedsfald doeende dead died death",
    "mor far foraelder foraeldre moder fader parent",
    "boern barn baby unge unger ungerne boernene child children kid",
    "mand kone aegtefaelle kaereste partner samlever husband wife spouse",
    "gift giftes gifte bryllup vielse viet aegteskab married marriage wedding marry",
    "skilt skilsmisse skilles separation separeret fraskilt divorce divorced",
    "penge tilskud stoette ydelse bidrag money benefit support",
    "betale betaling regning opkraevning pay payment bill",
    "gaeld skylder skyldig restance inddrivelse debt owe",
    "laege doktor doctor gp",
    "syg sygdom sygemeldt sygemelding sick ill illness",
    "arbejde job beskaeftigelse work employment",
    "ledig arbejdsloes fyret opsagt afskediget jobloes unemployed fired",
    "bolig lejlighed hus vaerelse hjem home house apartment flat",
    "husleje leje lejer lejemaal rent tenant",
    "bil biler koeretoej car vehicle",
    "skole skolen klasse elev school",
    "vuggestue boernehave dagpleje daginstitution dagtilbud institution nursery kindergarten daycare",
    "gammel aeldre pensionist senior old elderly",
    "handicap handicappet foerlighed funktionsnedsaettelse disabled disability",
    "skat skatten skattevaesenet tax taxes",
    "affald skrald skraldespand renovation rubbish garbage waste trash",
    "beholder skraldespand spand container bin",
    "klage utilfreds anke complain complaint complaint appeal",
    "faellesskab forening klub association club",
    "kode adgangskode kodeord password pinkode pin code passcode",
    "app telefon mobil mobiltelefon smartphone phone",
    "post brev breve mail besked letter mail message",
    "udland udlandet udenlands abroad foreign",
    "ferie rejse tur rejser holiday travel trip vacation",
    "vej vejen fortov gade asfalt road street",
    "virksomhed firma selskab erhverv company business firm",
    "pension folkepension pensionering retire retirement pension",
    "navn hedde fornavn efternavn mellemnavn name surname",
    "foedt foedsel foede nyfoedt gravid graviditet born birth pregnant",
    "braende braendeovn pejs stove",
    "varme varmeregning fyring opvarmning heating heat",
    "maaler aflaese aflaesning forbrug meter",
    "taender tand tandlaege dentist tooth teeth",
    "hjaelpemiddel kørestol koerestol rollator aid wheelchair",
    "rengoering stoevsuge goere rent pleje cleaning",
    "mad madlavning maaltid food meal meals",
    "stemme stemmer valg vaelge vote voting election",
    "hjemsted borger statsborger indfoedsret citizen citizenship",
    "fritaget fritagelse slippe undtagelse exempt exemption",
    "laane laan bibliotek loan library",
    "bevis attest dokumentation certificate proof",
    "stoppe afmelde opsige udmelde framelde cancel stop unsubscribe",
    "tilmelde indskrive opskrive melde indmelde sign enrol enroll register",
    "aendre rette skifte bytte change correct",
    "glemt glemmer husker forgot forgotten",
    "spaerret laast blokeret lukket locked blocked",
    "anmelde politi politianmelde police",
    "bygge bygning byggeri tilbygning udbygge build building",
    "hund hunde hvalp dog",
    "fisk fiske fiskeri lystfisker fishing",
    "jagt jaeger skyde hunting",
    "cykel cykler bike bicycle",
    "parkere parkering parkeringsplads parking park",
    "boede afgift bot fine",
    "toelk tolk tolke interpreter oversaetter",
    "kort card plastikkort",
    "barn dreng drengen pige pigen toes knaegt soen datter teenager baby spaedbarn nyfoedt tvilling",
    "mor far mormor farmor bedstemor bedstefar farfar morfar svigermor svigerfar grandmother grandfather mother father",
    "pensionist aeldre gammel olding efterloenner retired senior pensioner",
    "koerestol rullestol wheelchair",
    "vask vaske vasker bad bade badet bruser wash bath shower",
    "indkomst indtaegt loen income salary wage",
    "arbejde arbejdsplads job knokle knoklet slide slidt stilling",
    "udland udlandet usa canada spanien tyskland sverige norge england tyrkiet thailand australien frankrig italien polen mallorca abroad",
    "opsagt fyret fyreseddel opsigelse afskediget fratraadt",
    "udlejer vaert vicevaert landlord",
    "lukke lukket konkurs closed",
    "dyr dyrt dyre expensive",
    "raad penge oekonomi afford",
    "sur uenig utilfreds vred urimelig unhappy disagree",
    "afslag nej afvist naegtet rejected refused denied",
    "bange trussel truer truet vold voldelig afraid threat violent",
    "blind blindet svagsynet synshandicappet blind",
    "doev doevblind tunghoer hoerelse deaf",
    "brev post eboks mail",
    "edb computer pc internet nettet online",
    "medicin piller pille recept medicine pills prescription",
    "sygehus hospital sygehuset klinik ambulatorium",
    "politi anmeldelse anmelde police report",
    "taske pung tegnebog wallet purse bag",
    "noegler noegle keys",
    "sofa moebel moebler madras seng koeleskab vaskemaskine komfur furniture couch mattress fridge",
    "bar vaertshus cafe restaurant kro grillbar pub",
    "fest koncert byfest arrangement festival event party",
    "fest foedselsdag konfirmation bryllup",
    "oel vin spiritus alkohol fadoel beer wine alcohol",
    "fodbold haandbold badminton svoemning gymnastik idraet sport ridning spejder traening",
    "lokale sal hal rum lokaler room hall",
    "hul revne skade knaekket revnet oedelagt stykker broken damaged",
    "fortov flise fliser vej asfalt cykelsti",
    "svindel snydt bedrageri hacket phishing scam fraud hacked",
    "eks ekskone eksmand ekskaereste ex",
    "gigt sklerose ryg nedslidt sygdom smerter",
    "psykisk angst depression skizofren sindslidende stress mental",
    "rask helbredt arbejdsevne",
    "hvalp hund dog puppy",
    "terrasse carport garage skur udestue tilbygning altan udhus shed extension",
    "visum ophold opholdstilladelse residence permit",
    "krig flygtning fordrevne flygtet refugee war",
    "ukraine ukrainer ukrainsk kyiv kiev ukrainian",
    "telefon mobil iphone android smartphone",
    "skaldespand beholder container spand",
    "passe passer pasning skoletid",
    "dement demens alzheimer dementia",
    "vaccine vaccination stik vaksine vaccineret injektion jab shot",
)


def _same() -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for group in _GROUPS:
        stems = {stem_of(word) for word in group.split()}
        for stem in stems:
            groups.setdefault(stem, set()).update(stems - {stem})
    return {stem: frozenset(others) for stem, others in groups.items()}


# From each word's stem to the stems of those that mean the same.
SAME: Final = _same()
