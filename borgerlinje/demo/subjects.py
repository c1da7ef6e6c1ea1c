"""What the demo's citizens ask about: the plain matters that most calls are of. Pure data.

What is said of a matter is one thing that is so everywhere in the country, and `source` says who publishes it. Search words are the
everyday ones, the old names that people still use, and what happens in a life.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubjectFact:
    """What a demo's citizen can choose to ask about; see `lines.models.Subject`."""

    code: str
    name: str
    name_en: str
    search_words: str
    about: str
    about_en: str
    source: str = "borger.dk"


SUBJECTS = (
    SubjectFact(
        "demo-mitid",
        "MitID",
        "MitID",
        "nemid glemt adgangskode kode kodeord kodeviser app spærret logge login skærm telefon log in password code forgotten locked",
        "MitID bruger du, når du logger på hos det offentlige og i banken. Fortæl aldrig nogen din kode, heller ikke os.",
        "You use MitID to log in with public authorities and your bank. Never tell anybody your code, not even us.",
        "mitid.dk",
    ),
    SubjectFact(
        "demo-flytning",
        "Flytning og ny adresse",
        "Moving to a new address",
        "flytte flytter flyttet adresseændring folkeregister bolig lejlighed hus kollegie hjemmefra indflytning moved move house",
        "Du melder flytning på borger.dk, tidligst fire uger før og senest fem dage efter, at du er flyttet.",
        "You report a move on borger.dk, at the earliest four weeks before and at the latest five days after you have moved.",
    ),
    SubjectFact(
        "demo-pas",
        "Pas",
        "Passport",
        "rejse rejser ferie udlandet udløbet tabt stjålet mistet barn foto travel holiday lost stolen expired",
        "Du får nyt pas ved at møde op i en borgerservice. Bestil tid, før du kommer.",
        "You get a new passport by coming to a citizen service centre in person. Book a time before you come.",
    ),
    SubjectFact(
        "demo-koerekort",
        "Kørekort",
        "Driving licence",
        "bil køre køreprøve forny fornyelse udløbet tabt stjålet kørelærer køreskole ældre drive car renew",
        "Et kørekort fornyer du på borger.dk eller i borgerservice.",
        "You renew a driving licence on borger.dk or at a citizen service centre.",
    ),
    SubjectFact(
        "demo-sundhedskort",
        "Sundhedskort og læge",
        "Health card and doctor",
        "gult gule kort sygesikring sygesikringskort sygesikringsbevis skifte lægevalg lægeskift syg tabt yellow gp change",
        "På borger.dk bestiller du et nyt sundhedskort og vælger læge.",
        "On borger.dk you order a new health card and choose your doctor.",
    ),
    SubjectFact(
        "demo-blaat-kort",
        "Det blå sygesikringskort",
        "The blue European health card",
        "blåt blå eu-sygesikringskort eu ferie rejse rejser udlandet syg spanien holiday travel abroad ehic insurance",
        "Kortet er gratis, og du bestiller det på borger.dk. Bestil det i god tid, før du rejser.",
        "The card is free, and you order it on borger.dk. Order it well before you travel.",
    ),
    SubjectFact(
        "demo-folkepension",
        "Folkepension",
        "State pension",
        "pension pensionist pensioneret ældre alderspension ældrecheck gammel stoppe arbejde efterløn retire retirement old",
        "Du søger folkepension på borger.dk. Det er Udbetaling Danmark, der behandler den.",
        "You apply for state pension on borger.dk. Udbetaling Danmark handles it.",
    ),
    SubjectFact(
        "demo-boligstoette",
        "Boligstøtte",
        "Housing benefit",
        "husleje leje lejlighed boligsikring boligydelse tilskud penge råd rent money flat",
        "Bor du til leje, kan du måske få hjælp til huslejen. Du søger på borger.dk hos Udbetaling Danmark.",
        "If you rent your home, you may get help with the rent. You apply on borger.dk to Udbetaling Danmark.",
    ),
    SubjectFact(
        "demo-digital-post",
        "Digital Post",
        "Digital Post",
        "e-boks eboks brev breve mail mine beskeder læse post fritagelse fritaget fuldmagt letters inbox exempt exemption",
        "Breve fra det offentlige kommer i Digital Post. Kan du ikke bruge det, kan du blive fritaget og få brevene på papir.",
        "Letters from authorities come in Digital Post. If you cannot use it, you can be exempted and get them on paper.",
    ),
    SubjectFact(
        "demo-skat",
        "Skat og forskudsopgørelse",
        "Tax and preliminary assessment",
        "årsopgørelse skattekort fradrag restskat penge tilbage løn skattestyrelsen tastselv tax return refund salary",
        "Din forskudsopgørelse retter du på skat.dk. Ret den, når din løn eller dine udgifter ændrer sig.",
        "You change your preliminary tax assessment on skat.dk. Change it when your pay or your expenses change.",
        "skat.dk",
    ),
    SubjectFact(
        "demo-boernepenge",
        "Børnepenge",
        "Child benefit",
        "børneydelse ungeydelse børne- og ungeydelse børnetilskud børnecheck barn børn baby født fødsel gravid enlig mor far child birth baby",
        "Børne- og ungeydelsen kommer de fleste steder af sig selv. Ellers søger du på borger.dk hos Udbetaling Danmark.",
        "Most families get child and youth benefit without asking. Otherwise you apply on borger.dk to Udbetaling Danmark.",
    ),
    SubjectFact(
        "demo-dagtilbud",
        "Plads i dagtilbud",
        "Day care",
        "vuggestue børnehave dagpleje pasning institution skrive op opskrivning barn børn baby gravid nursery kindergarten child",
        "Du skriver dit barn op til vuggestue, dagpleje eller børnehave hos din kommune, gennem borger.dk.",
        "You put your child on the list for nursery, child minding or kindergarten with your municipality, through borger.dk.",
    ),
    SubjectFact(
        "demo-vielse",
        "Vielse og navneændring",
        "Marriage and change of name",
        "gift gifte gifter bryllup borgerlig navn efternavn skifte mellemnavn ægteskab wedding married name surname",
        "I kan blive gift på rådhuset eller i kirken. Først udfylder I en ægteskabserklæring på borger.dk.",
        "You can marry at the town hall or in church. First you fill in a declaration of marriage on borger.dk.",
    ),
    SubjectFact(
        "demo-skilsmisse",
        "Separation og skilsmisse",
        "Separation and divorce",
        "skilt skilles separeret forældremyndighed samvær samværsret bopæl børn eks divorced custody separated",
        "Du søger om separation eller skilsmisse på borger.dk hos Familieretshuset.",
        "You apply for separation or divorce on borger.dk to Familieretshuset.",
    ),
    SubjectFact(
        "demo-doedsfald",
        "Når nogen dør",
        "When somebody dies",
        "dødsfald død døde dødsbo begravelse bisættelse bedemand afdød afdøde arv skifteret enke enkemand death funeral inheritance widow",
        "Et dødsfald anmeldes på borger.dk. Oftest gør bedemanden det for jer.",
        "A death is reported on borger.dk. Most often the undertaker does it for you.",
    ),
    SubjectFact(
        "demo-ledig",
        "Når du mister dit arbejde",
        "When you lose your job",
        "arbejdsløs ledig fyret opsagt dagpenge kontanthjælp jobcenter a-kasse arbejde cv unemployed fired job benefit",
        "Meld dig ledig på jobnet.dk på din første dag uden arbejde.",
        "Register as unemployed on jobnet.dk on your first day without work.",
        "jobnet.dk",
    ),
    SubjectFact(
        "demo-affald",
        "Affald og genbrug",
        "Waste and recycling",
        "skrald skraldespand container storskrald tømning genbrugsplads sortering pap renovation rubbish garbage bin",
        "Hver kommune har sine egne regler og tømningsdage. Vi finder dem for dig.",
        "Each municipality has its own rules and collection days. We find them for you.",
        "",
    ),
)
