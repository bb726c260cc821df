/**
 * Stems of common English words of five letters and more: those of SCOWL (http://wordlist.aspell.net) up to level 20, and those up to
 * level 55 that are one slip of the pen from one of these, so that `statue` is not taken for a misspelt `statute`. No names.
 *
 * SCOWL is Copyright 2000-2016 by Kevin Atkinson. Permission to use, copy, modify, distribute and sell these word lists, the associated
 * scripts, the output created from the scripts, and its documentation for any purpose is hereby granted without fee, provided that the
 * above copyright notice appears in all copies and that both that copyright notice and this permission notice appear in supporting
 * documentation. Kevin Atkinson makes no representations about the suitability of this array for any purpose. It is provided "as is"
 * without express or implied warranty.
 */
const COMMON = `
aardvark abandon abbreviat abbreviation ability abnormal abnormally abolish abolition abort abortion abrad abroad absenc absent absente
absolut absolutely absorb abstract abstraction absurd abusiv abysmal academia academic accelerat accent accept acceptabl acceptably
acceptanc access accessibl accessibly accident accidental accidentally accommodat accommodation accompany accomplish accord accordanc
accordingly account accountant accumulat accuracy accurat accurately accurs accus accusation accustom achier achiev achievement acknowledg
acorn acoustic acquaintanc acquir acquisition acquit acronym action activ activat actively activity actor actual actuat adapt adaptation
adapter adaption adaptor addict addiction addictiv addition additional additionally additiv address addresse adequat adequately adher
adjacent adjectiv adjust adjustment administer administration administrativ admir admirabl admirably admiral admiration admission admit
admittedly adopt adoption adulat adult advanc advantag advantageous advent adventur adventurous adverb advers adversely advert advertis
advertisement advic advis advisabl adviser advisory advocat aerial aesthetic aesthetically affair affect affection afford aforemention
afraid after afternoon afterward afterword against agency agenda agent aggressiv agility aging agony agreement agricultural ahead aircraft
airport alarm albeit album alcohol alcoholic alert algebra algebraic algorithm alias alien align alignment alleg allegation allegedly
allergic alleviat allianc allocat allocation allow allowabl allowanc almost alongsid aloud alpha alphabet alphabetic alphabetical
alphabetis alphabetiz already alter alteration altercation alternat alternation alternativ alternatively altitud altogether alway amateur
amazingly ambassador amber ambienc ambient ambiguity ambiguous ambitious amend amendment amongst amount amplifier amusement anagram analog
analogous analogu analogy analys analysis analyst analyz anarchy anatomy ancestor ancient anecdot anesthetic angel anger angler angry
anguish animal animat annal anneal anniversary announc announcement annoy annoyanc annual annually annul annull anomaly anonymous anorak
answer anthology anticipat anticipation antidot antiqu antisocial antonymous anxious anyhow anyplac anyway anywher apart apathetic apathy
apologia apologis apologist apologiz apology apostroph appal appall appallingly apparatus apparent apparently appeal appear appearanc
appeas append appendic appendix applaud applaus applicabl applicant application apply appoint appointe appointment appraisal appreciat
appreciation approach appropriat appropriately approv approval approximat approximately approximation aptitud arbitrarily arbitrary arcad
arcan archaic architectur archiv arena arguabl arguably argument arisen arithmetic armistic armrest arrang arrangement arrant array arrest
arriv arrival arroganc arrogant arrogat arrow articl artiest artificial artificially artist artistic ascend ascent asham ashcan ashram
asleep aspect assault assembl assembler assembly assent assert assertion assess assessment asset assign assignment assist assistanc
assistant associat association assort assum assumption assur asterisk astronomer astronomy asynchronous atheism atheist atmospher
atmospheric atomic atrocity attach attachment attack attain attempt attend attendanc attendant attende attention attitud attorney attract
attraction attractiv attribut auction audibl audibly audienc audio audition authentic author authoris authorisation authority authoriz
authorization autistic autobiography automat automatic automatically automobil autumn availability availabl averag avers avert avoid await
award awareness awful awfully awkward axiom backboard backbon background backlog backspac backward backyard bacteria bacterial bacterium
badly baffl baggag balanc baldly ballet ballot banal banana bandwagon bandwidth banger banker bankrupt banner banter barely barfly bargain
barley barmier baroqu barqu barrel barrell barren barrier barrister barrow basely basemen basement basic basis basket basset bastard batch
bather bathroom batten batter battery battl beach beard beast beater beaut beautiful beautifully beauty becalm becam becom bedroom bedsid
befor beforehand began begin beginner begun behalf behalv behav behavior behaviour behind being belief believ believabl believer bellow
belong belov below bench beneath benefic beneficial benefit besid better bettor bewar beyond biblical bicycl bigger biggest bight bigot
bigotry billet billfold billion binary biochemistry biography biological biologist biology birth birthday biscuit bishop bitmap bitten
bitter bittern bizarr black blackboard blackmail blanch blandly blank blanker blankest blanket blast blatant blatantly bleach blench bless
blight blighter blind blindly blink bliss block blood bloody blown bluffer blurb board boarder boggl bogus bolder bonus booklet bookshop
bookstor boost border borderlin boredom borer borrow bother bottl bottom bounc bouncy bound boundary bracken bracket brain brainy branch
brand brandy brass brassy breach bread breadth break breakdown breakfast breast breath breathy breech breed breez breezy brethren brick
bricki bricky bridg brief briefly brigad brigand bright brighten brighter brightest brightly brightness brillianc brilliant brilliantly
bring broach broad broadcast broadly brocad broody brothel brother brought brown browni browny brows brunch brush brutal bubbl bubbly
bucket buckey budget buffer buffet bugger buggery buggier bugler build bullet bulletin bullion bunch bundl burden bureaucracy burger burnt
burrow burst bushiness business buster busyness butler butter buttery button buyer bypass cabbag cabinet caffein calculat calculation
calculator calculus calendar caller calmer camber camera campaign campus cancel cancell cancer candida candidat canker cannon cannot
canonical canter capability capabl capably capacity capital capitalis capitalism capitalist capitol captain caption captor captur carbin
carbon carboy cardboard careen career careful carefully careless carer caret carpel carpet carpus carriag carrier carrot carroty carry
carter carton cartoon cartridg carver cassett caster castl casual catalog catalogu catastrophic catch catchy categorically category cater
cathedral catholic cation cattl caudal caught causal causality caution caveat celebrant celebrat celebration cellar cellular censer censor
censorship censur center centr central centrally century cerebration ceremony certain certainly certainty certificat chain chair chairman
chairmen chalk chalky challeng chamber champagn champer champion chanc chancel chancellor chancy chang changel changeover channel channell
chanter chaotic chapel chapter character characteristic charg charger charier charily charitabl charitably charity charm charmer chart
charter chaster chatter cheap cheapen cheaper cheapest cheaply cheapo cheat cheater check checker cheek cheeky cheer cheerful cheery chees
cheesy chemical chemis chemist chemistry chequ chequer chess chest chestnut chesty chewer chicken chickenf chief child childhood childish
chocolat choic choir choos choosy chopper choral chord chortl chorus chosen chuck chuckl chunk chunky chunter church cider cigarett cinder
cinema circa circl circuit circuitry circular circulat circulation circumstanc citizen civil civilian civilis civilisation civiliz
civilization claim clamber clarification clarify clarity clash class classic classical classification classify classy claus clean cleaner
cleanest cleanly cleans cleanser clear clearanc clearer clearest clearly cleaver clever cleverer cleverest click client cliff climat
climax climb clinic clinical cliqu clock closely closer closest closet closur cloth clotur cloud cloudy clover clumpy clumsy cluster
clutter coach coars coast cobber cobbler coccis coffe coffer coffin coherenc coherent coincid coincidenc coincident collaboration collag
collaps collar collat colleagu collect collection collectiv colleg cologn colon colony color colour column combat combin combination
comedy comely comet comfort comfortabl comfortably comic comma command commandment commando commenc commend comment commentary commentator
commerc commercial commercially commi commission commit commitment committe commod commodity common commonly commun communal communicant
communicat communication communism communist community commut commutation commuter compact companion company compar comparabl comparably
comparativ comparatively comparison compassion compatibility compatibl compatibly compel compell compensat compensation compet competenc
competency competent competition competitiv competitor compil compilation compiler complacenc complacent complain complaint complect
complement complementary complet completely completeness completion complex complexion complexity compliant complicat complication
compliment complimentary comply component comport compos composer composit composition compost composur compot compound comprehend
comprehensibl comprehensibly comprehension comprehensiv compress compression compris compromis compulsion compulsory comput computation
computational computer computeris computeriz concatenat conceal conced conceit conceiv conceivabl conceivably concentrat concentration
concept conception conceptual concern concert concerto concis conclud conclusion concret concur concurrently condemn condemnation condens
condition conditional condo condol condom condon condor conduc conduct conductor conduit coney confection conferenc confess confid
confidant confidenc confident confidential confidentiality configur configuration confin confirm confirmation conflict conform
conformation confront confus confusion confut congeal congest congestion congratulat congratulation conical conjectur conjunction conjur
connect connection connector connot connotation conscienc conscious consciously consciousness consecutiv consensus consent consequenc
consequent consequently conservation conservativ consider considerabl considerably considerat consideration consist consistency consistent
consistently consol consolation conspicuous conspiracy constant constantly constituency constituent constitut constitution constitutional
constrain constraint constrict constriction constrictiv construct construction constructiv consul consulat consult consultancy consultant
consultation consum consumer consumption contact contain container contemplat contemporary contempt contend content contention contentious
contest context contiguity contiguous continenc continent continental contingent continu continua continual continually continuation
continuity continuous continuously continuum contour contraception contract contradict contradiction contradictory contrary contrast
contravention contribut contribution contributor contributory contrit contriv control controll controller controversial controversy contus
contusion convection convector conven convenienc convenient conveniently convent convention conventional converg convers conversation
conversely conversion convert converter convex convey convict conviction convinc convincingly convoy cooki cooky cooper cooperat
cooperation coordinat coordination copier copper coppery copter copyright coral cordon corespondent corker cornea corner cornet cornier
coroner corpora corporal corporat corporation corps corpus correct correction correctly correlat correlation correspond correspondenc
correspondent corridor corrupt corruption cosily cosin cosmic cosmology costly cotton cottons cough council counsel counsell count counter
counterexampl counterpart countess countless country countrysid countrywid county coupl couplet courag courier cours courser court
courtesy courtier cousin cover coverag covert covey crack crackl craft crafty cramp crash crass crater crawl crazy cream creamy creat
creation creativ creator creatur credibility credibl credibly credit creep creepy cremat cremation cricket criminal crisis crisp crispy
criteria criterion critic critical criticis criticism criticiz cropper cross crossroad crossword crowd crown crucial crucibl cruel cruelly
cruelty cruis crunch crunchy crush crutch cryptic crystal cubic cubicl cuckoo cuddl cuddly culprit cultur cultural cumbersom cumulativ
cupboard curiosity curious curiously curly currant currency current currently curriculum curry cursor cursory curtail curtain curtly
custard custom customary customer cyclist cylinder cynic cynical dagger daily damag damnation dancer dander danger dangerous dangerously
danker dankness darkness databas datum daughter daylight daytim deader deadlin deadly deafer dealer dealt dearer dearly dearth deary death
deathb debat debatabl debug debugger decad decant decay deceas deceit decent decid decimal decimat decision declamation declar declaration
declin decod decreas dedicat deduc deduct deduction deepen deeper deepest deeply default defeat defecat defect defection defectiv defector
defenc defend defendant defens defensiv deficiency deficit defin definit definitely definition definitiv deflat deflect defter degenerat
degrad degradation degre deign deity deject dejection delay delectabl delet deletion deliberat deliberately delicat delicious delight
delightful delimiter delirious deliver delivery delta delusion demand dement demis demist democracy democratic democratically democratis
democratiz demolish demonstrat demonstration denominator denot density dentin dentist department departmental departur depend dependant
dependenc dependency dependent deplet depletion deportment deposit deprav depress depression depriv depth deput deputy derail derang
derision deriv derivativ dermis derogatory descend descent describ description descriptiv desert deserv design designat designer desir
desirabl desirably desktop despair desperat desperately despis despit despot dessert destin destination destiny destroy destruction
destructiv detach detail detain detect detectabl detection detectiv detector detent detention deter detergent determin determination
deterrenc deterrent detest detestabl detract devastat develop developer development deviation devic devil devill devious devis devoid
devot devote devout diagnosis diagnostic diagonal diagram dialect diall dialog dialogu diameter diary dicta dictat dictator dictatorship
dictionary diesel dieter differ differenc different differential differentiat differently difficult difficulty digest digit digital
dignify dignity diktat dilemma dimension dimensional diner dinner diplomatic direct directer direction directiv directly director
directory direst dirty disabl disadvantag disagr disagre disagreement disappear disappoint disappointment disaster disastrous discard
discharg disciplin disciplinary disclaimer disco disconnect discontinu discord discount discourag discover discovery discreet discrepancy
discret discretion discriminant discriminat discrimination discus discuss discussion diseas disguis disgust dishonest dishonesty dislik
dismal dismay dismiss dismount disorder displac display disport dispos disposabl disposal disposition disput disregard disrupt disruption
dissertation dissimilar distanc distant distast distasteful distinct distinction distinctiv distinctly distinguish distort distortion
distract distrait distress distribut distribution district disturb disturbanc ditch ditto diver diverg divers diversify diversity divert
divest divid divin division divorc docent doctor doctrin document documentary documentation dogma dollar domain domestic dominanc dominant
dominat donat donation doubl doubly doubt doubtful doubtless downhill downright downstair downward dozen draft drafte drafty dragon
dragoon drain drama dramatic dramatically dramatis dramatiz drank drastic drastically draught draughty drawback drawn dread dreadful dream
dreamt dreamy drear dreary dress dressy drier drift drill drink drivel drivell driven driver drought drover drown drunk drunken drunker
dubious duffer dummy dumpster dunner duplicat duplication duration duress dustbin dusty dynamic dynamically dynamit eager eagerly earlier
earliest early earth earthl earthy easier easiest easily eastern eater eatery eccentric ecological ecology economic economical
economically economis economiz economy edition editor editorial educat education educational effect effectiv effectively effectiveness
effet efficiency efficient efficiently effort eight eighteen eighth eighty ejection elaborat elderly elect election electoral electorat
electric electrical electricity electrod electron electronic electronica electronically eleganc elegant element elementary elephant
elevator eleven elevens eligibl eliminat elitism elitist elsewher embarrass embarrassment embed emerg emergenc emergency eminenc eminent
eminently emotion emotional emotionally emphasis emphasiz empir empirical employ employe employer employment empress empty emulat
emulation emulator enabl enclos encod encounter encourag encouragement endeavor endeavour endless endlessly enemy energy enforc engag
engin engineer enhanc enhancement enjoy enjoyabl enjoyably enjoyment enlarg enlighten enlightenment enmity enormous enormously enough
enquir enquiry ensur entail entent enter enterpris entertain entertainment enthusiasm enthusiast enthusiastic entir entirely entirety
entitl entity entourag entrail entranc entrant entry envelop environment environmental envisag episod equabl equably equal equality equall
equally equat equation equilibrium equip equipment equivalenc equivalent eraser erasur erection erotic erroneous error escap escape
esoteric especially esquir essay essenc essential essentially establish establishment estat estimat estimation eternal eternally eternity
ethic ethical ethnic etymology evacuat evacuation evaluat evaluation evenly event eventual eventually eventuat everyday everyth everywher
evidenc evident evidently evolution evolutionary evolv exact exaggerat examin examination examiner exampl exceed exceedingly excellenc
excellent except exception exceptionabl exceptional exceptionally excerpt excess excessiv excessively exchang excit excitement exclamation
exclud exclusion exclusiv exclusively excus execut executabl execution executiv exempt exercis exert exhaust exhaustiv exhibit exhibition
exhort exist existenc existent exorcis exotic exotica expand expans expansion expansiv expect expectation expedienc expedition expend
expenditur expens expensiv expensively experienc experiment experimental experimentally experimentation expert expertis expir expiry
explain explanation explanatory explicat explicit explicitly explod exploit exploitation explor exploration explosion explosiv exponential
export expos exposur express expression expressway extant extend extension extensiv extensively extent external externally extinction
extort extra extract extraction extraneous extraordinarily extraordinary extrem extremely extremest extremism extremist eyesight fabric
facet facilitat facility faction factional factor factory factual factually faculty failur fainer fainest faint fainter faintest fairer
fairest fairly fairness fairy faith faithful fallacious fallacy fallen fallow falter familial familiar familiarity family famin famous
fancy fantastic fantasy farewell farmer farther farthest fascinat fascism fascist fashion fashionabl fashionably fasten faster fastest
fatal father fatter fattest fatuous faucet fault faulty favor favorabl favorably favorit favour favourabl favourably favourit feasibility
feasibl feasibly feather featur federal federat feebl feebly feedback feeder feller fellest fellow femal feminis feminism feminist fencer
fender fester festival fetch fever fewer fewest fibber fiber fiction fictional fiddl fiddly field fiend fierc fifteen fifth fifty fight
fighter figur filler filter filth filthy finagl final finalis finalist finaliz finally financ financial financially finder finer finery
finess finest finger finis finish finit firework firmer firmly first firstly fiscal fissil fitter fiver fizzy flash flashy flavor flavour
fleet flesh fleshy flexibility flexibl flexibly flight flighty float flood floor floppy flour floury flower flowerb flowery flown
fluctuation fluent fluff fluffy fluid flurry flush focus fodder folder follow follower fonder foolish football footfall footnot forbad
forbid forbidden forcibl forcibly forecast forecastl foreign foreigner foremast fores forese foreseeabl forest foretast forever forgav
forger forget forgiv forgiven formal formally format formation former formerly formula formulat formulation forth forthcom fortnight
fortun fortunat fortunately forty forum forward fossil foster fought foully found foundation foundl fountain fourteen fourth fraction
fragil fragment frail framer framework frank frankly frantic fraud freak freaky freeby freedom freely freewar freeway freez french
frequency frequent frequently fresh friction friend friendly friendship fright frighten fring frivolous frizzy front frown fruit fruity
frustrat frustration fulfil fulfill fuller fullest fully function functional functionality fundamental fundamentalism fundamentalist
fundamentally funeral funereal funkier funkiest funner funnest funnier funniest funny furnitur furry further furthermor furthest fusion
fussy futil futur fuzzy galactic galaxy gander garag garbag garbl garden gasbag gasolin gateway gather gender genera general generalis
generalisation generalist generaliz generalization generally generat generation generator generic generically generous genetic genetically
genius genocid gentil gentl gentleman gentlemen gently gentry genuin genuinely genus geographical geography geology geometry gestur
ghastly ghost ghostly giant gibberish girlfriend gladly glanc glass glassy glean global globally globul glorious glory gloss glossy going
golden goldfish goodby goodly goodness goody gorgeous gospel gossip gossipy govern government governor graceful gracefully gradation
gradual gradually graduat graduation graffiti graffito grain grainy grammar grammatical grand grande grandfather grandmother granit grant
graph graphic graphical graphit grasp grass grassy grateful gratefully grater gratin gratuitous gratuitously gravita gravitational gravity
greas greaser greasy great greater greatest greatly greedy green grief grind groan gross grossly ground group groupi groupy growth guarant
guarante guaranty guard guess guest guidanc guidelin guilt guilty guinea guitar gullibl gutter habit hacker haircut hairy hallow hammer
hamper handbook handful handicap handier handl handler handover handy hangover hanker happen happier happiest happily happiness happy
hardback harden harder hardest hardier hardiest hardily hardly hardship hardtack hardwar hardy harmful harmless harmony harsh harvest
hassl hasten hasty haven havoc hawker hazard headach header headier headiest headlin healer health healthy heard hearer heart hearth
heartily hearty heater heath heaven heavier heaviest heavily heavy height helicopter helmet helpful helpless henceforth herder hereby
herein heresy heritag hermitag heroic heroin heron herself hesitant hesitat heterosexual hexadecimal hidden hideous hideously hideout
hierarchical hierarchy higher highest highlight highly highway hilarious himself hindsight historian historic historical historically
history hither hitherto hoarder hobby holder holiday holier holler hollow homeless homosexual homosexuality honest honestly honesty honey
honor honorary honour hopeful hopefully hopeless hopelessly horizon horizontal horizontally horrendous horrendously horribl horribly
horrid horridly horrific horrify horror hospitabl hospital hostel hostil hotel household however hugely human humanity humbl humbly humor
humorous humour hundr hungover hungry hurry husband hydrogen hyphen hypocrisy hypocrit hypocritical hypothesis hypothesiz hypothetical
hysterical iconic ideal idealistic ideally identical identically identification identifier identify identity ideological ideologu ideology
idiom idiosyncratic idiot idiotic ignor ignoranc ignorant illegal illegally illiterat illness illogical illusion illustrat illustration
imagin imaginary imagination imaginativ imbalanc immanent immatur immediat immediately immens immensely immers imminenc imminent immoral
immortal immun impact impair impalement impart imped impend imperativ imperfect imperial imperil imperill impersonal impersonat implausibl
implausibly implement implementation implicat implication implicit implicitly imply import importanc important importantly impos impossibl
impossibly impracticabl impractical impress impression impressiv imprison improbabl improbably improv improvabl improvement impuls
inability inaccessibl inaccuracy inaccurat inadequat inadvertently inaner inappropriat incapabl incarnation incens incentiv incest
incidenc incident incidental incidentally inclement inclin inclination includ inclusion inclusiv incoherenc incoherent incom incompatibl
incompatibly incompetenc incompetent incomplet incomprehensibl incomprehensibly inconsistency inconsistent inconvenienc inconvenient
incorporat incorrect incorrectly increas increasingly incredibl incredibly increment incur indebt indefensibl indefensibly indefinit
indefinitely indent independenc independent independently indeterminat index indicat indication indicativ indicator indict indictment
indirect indirection indirectly indistinguishabl individual individually induc induct induction indulg industrial industry ineffectiv
inefficiency inefficient inequality inert inertia inertial inevitabl inevitably inexperienc infallibl infallibly infamous infant infantil
infect infection infelicity infer inferenc inferior inferiority infernal infest infight infinit infinitely infinity infirm inflation
inflect inflection inflexibl inflexibly inflict influenc influential inform informal informally information informativ infrastructur
infrequent infringement ingenious ingenuous ingest ingredient inhabit inhabitant inherent inherently inherit inheritanc inhibit inhibition
initial initialis initialisation initializ initialization initiall initially initiat initiativ inject injection injur injury injustic
inland inlin inner innocenc innocent innovation innovativ input inquir inquiry insan insect insecur insensitiv insert insertion inset
insid insidious insight insignificanc insignificant insist insistenc insistent insofar inspect inspection inspir inspiration install
installation instanc instant instantly instead instill instinct institut institution instruct instruction instrument instrumental
insufficient insulat insult insuranc intact intak integer integral integrat integration integrity intellect intellectual intelligenc
intelligent intend intens intensely intensify intensity intensiv intent intention intentional intentionally inter interact interaction
interactiv interactively intercours interest interestingly interfac interfer interferenc interim interior interjection interlac
intermediat intermittent intern internal internally international interpret interpretation interpreter interrogat interrupt interruption
intersection interval interven intervention interview interviewe intimat intoleranc intolerant intrinsic intrinsically introduc
introduction introductory intuitiv invad invalid invalidat invaluabl invariabl invariably invasion invent invention inventiv inventor
inventory invers invert invest investigat investigation investment investor invidious invisibl invisibly invit invitation invok involv
involvement ironic irony irrational irrelevanc irrelevant irrespectiv irresponsibl irresponsibly irrigat irrigation irritant irritat
irritation island isolat isolation itself jacket jargon jealous jealousy jelly joint jointly jolly journal journalism journalist journey
judgement judgment junction jungl junior justic justifiabl justifiably justification justify juvenil keener keeper kennel kernel kettl
keyboard keystrok keyword kidnap kidney killer kilter kindness kingdom kitchen knight knock knowledg label labell labor laboratory labour
ladder lager lamely lamest lander landlord landscap languag larder largely larger largess largest laser lately latent later lateral
laterally latest lather latter laugh laughter launch lavatory lawyer laxest layer layout laziness leach leaden leader leadership leaflet
leagu leaner learn least leather leathery leaver lectur lecturer lefter legal legally legend legendary legibl legibly legislation
legitimat legitimately leisur lemon lemony lender length lengthy lenient lesbian lesion lesse lessen lesser lesson lessor lethal letter
level levell lewder liability liabl liaison libel libell liberal liberally liberat liberty librarian library licenc licens license
lifestyl lifetim light lighten lighter lightest lightly lightn lightning likabl likelihood likely likest likewis limit limitation linag
lineag lineal linear liner linger linguistic linkag liquid liquor listen listener liter literacy literal literally literary literat
literati literatur lither litter littler livability livabl livelihood lively liver livery livest loader loafer loaner lobby local locally
locat location locution lodger logger logic logical logically loiter lolcat lonely loner longer longest loophol loosely lordly lorry
louder loudest loudly lounger lousy louver lovely lover lovey lower lowest loyal loyally luckily lucky ludicrous ludicrously luggag
lunatic lunch lunchtim luxury lyric machin machinery madness magazin magic magical magick magnetic magnetis magnetiz magnificenc
magnificent magnitud mailbox mainfram mainly mainstream maintain maintenanc major majority maker malfunction malicious manag management
manager mandat mandatory manger mangl mania maniac manifest manifestation manifestly manifesto manila manipulat manipulation mankind manly
manner manpower manual manually manufactur manufacturer march margin marginal marginally marin marital marker market marlin marriag marry
martial martin marvellous marvelous masher massag massif massiv massively master mastery mastic match mater material maternal mathematic
mathematical mathematically mathematician matric matrix matter matur maximis maximiz maximum mayor mealtim meaningful meaningless meant
meantim meanwhil measur measurement mechanic mechanical mechanis mechanism mechaniz media medial median mediat medical medicat medicin
medieval medium megabyt melody member membership memorabl memorably memory menial menially mental mentality mentally mention menus mercury
mercy merely merit merry messag messy metal metall metaphor meteor meter method metric metro microcomputer microprocessor microwav midday
middl middy midnight midway mighty migrant migrat migration mildly mileag military millag million mimic mimick mindless minima minimal
minimalism minimalist minimis minimiz minimum minister minor minority minster minuet minus minut miracl miraculous mirror miscellaneous
misdirect miser miserabl miserably miserly misery misfortun misguid misinterpret mislead misplac misplay misprint misread misrepresent
missal missil mission missiv missus mistak mistaken mistakenly mister mistook misunderstand misunderstood misus mixtur mnemonic mobil
mobster model modell moderat moderately moderation modern modest modesty modification modify modul moister moistly molecul molecular
molest moment momentarily momentum monarch monarchy money monitor monkey monochrom monopoly monster month monthly moral morality morally
moreover moron mortal mortality mortally mortar mostly mother motion motiv motivat motivation motor motorway motto mould mouldy mount
mountain mouth mouthy movement muddl mullion multipl multiplication multiply mumbl mummy mundan murder murderer muscl muscly museum music
musical musician muster muter mutter mutual mutually mysterious mysteriously mystery mystic mythical mythology nameless namely narrativ
narrow narrower narrowest nastier nastiest nasty nation national nationally nativ nattier nattiest natur natural naturally naught naughty
nearby nearer nearest nearly neater neatest neatly necessarily necessary necessity needl needless needlessly negat negativ neglect
negligibl negligibly negotiabl negotiat negotiation neighbor neighborhood neighbour neighbourhood neither nervous nether network neural
neutral never nevertheless newcomer newer newest newly newlyw newsletter newspaper nicely nicer nicest nicety nicknam night nighti
nightmar nighty nobody noisy nominal nominally nominat nonetheless nonsens normal normalcy normality normally north northern nostalgia
nostalgic notabl notably notation notic noticeabl noticeably notification notify notion notional notionally notorious notwithstand novel
novelty novic nowaday nowher nuclear nuisanc number numbest numeral numerat numeric numerical numerous object objection objectionabl
objectionably objectiv oblig obligation obligatory obnoxious obscen obscur obscurity observ observation observer obsess obsession obsolet
obstruct obtain obtainabl obvious obviously occasion occasional occasionally occupation occupy occur occurrenc ocean oddest oddly offenc
offend offender offens offensiv offer offhand offic officer official officially officiat offset offspr often older oldest omission onion
openly opera operat operation operational operator opinion opponent opportunity oppos opposit opposition oppress oppression optic optical
optima optimal optimis optimisation optimism optimist optimistic optimiz optimization optimum option optional optionally orang orbit
orbital orchestra orchestral orchestrat order ordinary organ organic organis organisation organiser organism organist organiz organization
organizer orient oriental orientat orientation origin original originally originat originator orthodox orthodoxy other otherwis ourselv
ouster outag outbid outcom outcry outdat outdid outer outgo outlet outlin outliv outlook output outrag outrageous outran outright outset
outsid outsiz outstand outweigh overall overat overbid overbook overcam overcom overcook overdid overdo overdon overdraft overdu overflew
overflow overflown overfly overhead overhear overheard overheat overlap overlay overli overload overlong overlook overlord overly
overnight overpric overrid overridden overrip overrod overse oversea oversex oversight overtim overtir overtly overton overtook overview
overwhelm overwrit overwritten overwrot owing owner ownership oxygen pacifier packag packer packet pailful painful painfully painless
paint painter palac palish pamper panel panell panic panick paper paperback paperbark papery parad paradis paradox paragraph parallel
parameter paranoia paranoiac paranoid paraphras pardner pardon parent parenthes parenthesis parenthesiz parity parliament parochial parody
parrot parson partial partially participant participat particl particular particularly particulat partition partly partner party passag
passenger passim passion passionat passiv passport password pastern patch patchy patent pathetic patienc patient patrol patronis patroniz
patter pattern paunch pauper pavement payer payment peaceful peach peanut peasant peculiar pedal pedall pedalo pedant pedantic pedantry
pedestrian penalty pencil pencill pendant penguin penil penny peopl perceiv percent percentag perception perfect perfection perfectly
perforc perform performanc perhap period periodic periodically peripheral permanenc permanent permanently permissibl permissibly
permission permit permut perpetual perpetuat persecut persist persistenc persistent person persona personabl personag personal personality
personally personnel perspectiv persuad persuasion perter pertly pervers pervert pester petiol petrel petrol petty pharmacy pheasant
phenomena phenomenal phenomenon philosopher philosophical philosophy phoenix phonograph photo photocopy photograph photographic
photography photon phras physic physical physically physicist physick physio physiology piano piazza picket pictur pigeon pilaster pilot
pinch pipelin pitch pitfall pizza placer placket plagu plain plainly plaint planer planet planetary plant planter plaster plastic platform
platter plausibl plausibly player playground pleas pleasant pleasantly pleasantry pleasur plenty pliant plotter plural pocket poetic
poetry point pointer pointier pointless pointy poison poisoner polar polic policeman policemen policy polish polit politeness politic
political politically politician politick politico polity pollution polynomial pompous ponder poorer poorest poorly poplar populac popular
popularity populat population porker pornography portability portabl portag portal porter portion portly portray poser posher position
positiv positively positron possess possession possibility possibl possibly postag postal postbag postcard poster postmaster postpon
postscript postulat postur potabl potato potent potential potentially potion pottag potter pound poverty powder powdery power powerful
practic practicabl practicably practical practically practis pragmatic prais prayer preach preachy precaution preced precedenc precedent
precious preciously precis precisely precision predecessor predicat predication predict predictabl predictably prediction predominantly
prefab prefac prefect prefer preferabl preferably preferenc prefix pregnancy pregnant prejudic preliminary prematur prematurely premis
premium prepar preparation prepay preposition prerequisit prescrib prescription presenc present presentation presently preserv preset
president press pressi pressur pressy presum presumabl presumably pretenc pretend pretens pretentious pretty prevail prevalenc prevalent
prevent prevention preview previewer previous previously prewar priest primacy primarily primary primat primitiv princ principal
principally principl print printer printout prion prior priority priory prison prisoner privacy privat privately privatisation
privatization privet privileg probability probabl probably problem procedur proceed process procession processional processor proclaim
produc producer product production productiv productivity profess profession professional professor profil profit profitabl profitably
profound program programm programmabl programmer progress prohibit project projection proliferation prolong prominenc prominent promis
promo promot promotion prompt promptly pronoun pronounc pronunciation proof propaganda propel proper properly property prophet proportion
proportional proportionat propos proposal proposition propound proprietary proscrib proscription prosecut prosecution prospect prospectiv
prosper prostitut protean protect protection protein protest protocol prototyp proud provabl provably proven provid provision provisional
provocativ provok prowess proximity pseud pseudo pseudy psychological psychologist psychology pubic public publication publicis publicist
publicity publiciz publicly publish publisher punch punchy punctuation punctur punish punishment pupil purchas purely purify purity purpl
purpos pursu pursuit puzzl python qualification qualifier qualify quality quantify quantity quantum quarter quartet queen query quest
question questionabl questionably questionnair quibbl quick quicken quicker quickest quicki quickly quicky quiet quieten quieter quietest
quietly quilter quitter quota quotation rabbi rabbis rabbit rabid rabidly racial raciest racism racist racket radar radial radially
radiation radical radically radio radium radius railroad railway rainbow rampant rampart random randomly ransom rapid rapidly rapist
rarefy rarely rarer rarest rasher rather ratio ration rational rationally rattl rawest razor reach react reaction reactionary reactor
readabl reader readership readier readily ready realer realis realisation realism realist realistic reality realiz realization realm
realty reamer reaper rearrang reason reasonabl reasonably reassur rebind rebuild rebuilt recall recant receipt receiv receiver recent
recently reception recip recipient reckless reckon reclaim recognis recognisabl recognisably recognition recogniz recognizabl recognizably
recollection recommenc recommend recommendation recon reconcil reconsider record recorder recover recovery recreational recruit
recruitment rectangl rectangular rectify rector recursion recursiv recycl redden redder redefin redirect reduc reduction redundancy
redundant reedy reefer reelect reelection refer refere referenc referendum referent refin reflat reflation reflect reflection reflex
reform reformat refract refrain refresh refund refus refusal refut refutation regain regard regardless regent regim region regional
register registration regret regrettabl regrettably regular regularly regulat regulation reheat reign reinstat reiterat reject rejection
relat relation relationship relativ relatively relativity relax relay releas relent relevanc relevancy relevant reliability reliabl
reliably relief reliev religion religious reliv relocation reluctanc reluctant reluctantly remain remainder remak remand remark remarkabl
remarkably remedy remember remind reminder reminiscenc reminiscent remot remotely remov removabl removal remover renam render rendition
renew renews renter reorder repaid repair repeal repeat repeatabl repeatably repeatedly repent repertoir repetition repetitiv rephras
replac replacement replay reply report reporter represent representation representativ repriev reproduc reproduction repulsiv reputation
request requir requirement requisit requit reread rescu research researcher resembl resemblanc resend resent reserv reservation reset
resid residenc residency resident residu resign resignation resin resist resistanc resistant resister resit resold resolution resolv
resort resourc respect respectabl respectably respectiv respectively respond respons responsibility responsibl responsibly restart restat
restaurant restor restrain restraint restrict restriction restrictiv result resum resurrection retail retain retard retir retire
retirement retort retrac retract retrain retread retriev retrievabl retrieval return returne reveal revel revelation revell reveng revenu
rever reverenc reveri revers revert revery review revis revision revocation revolt revolution revolutionary revolv reward rewind reword
rewrit rewritten rewrot rhetorical rhythm ribbon richer richest ricket ridden ridiculous ridiculously right rightly righto rigid rigorous
risen risky ritual rival rivall river riverb robber robot robust rocker rocket romain roman romanc romantic rotat rotation rotten rotter
rotund rough roughly round roundabout roust routin routinely royal royally royalty rubber rubbery rubbish rubbishy rubier ruler rumor
rumour rural rusty sabotag sachem sacrific sadden sadder sadly safary safeguard safely safer safest safety sagely sagest saint salary
salesman salesmen salivation sallow salvation salver sampl sampler sandal sander sandwich sanely sanest sanity sarcasm sarcastic sarong
satellit satir satisfaction satisfactorily satisfactory satisfy scandal scanner scanter scarc scarcely scarf scarlet scatter scenario
scenery sceptical schedul scheduler schem schema scholar school scienc scientific scientifically scientist scorch scotch scram scrap
scrapi scratch scratchy scream screen screw screwy scrip script scroll search season second secondary secondly secret secretary secretly
section sector secular secur security seemingly segment seldom select selection selectiv selectively selfish semantic seminal seminar
seminary sender senior sensation sensibl sensibly sensitis sensitiv sensitivity sensitiz sensor sentenc sentienc sentient sentiment
sentimental separat separately separation separator sequel sequenc sequential serer serial serious seriously seriousness sermon serous
servant server servery servic servil session settl seven seventh seventy sever several severely severity sexiest sexism sexist sexual
sexuality sexually shadow shadowy shaken shaker shaky shallot shallow shareholder sharp sharply shatter shaven sheep sheer sheet shelf
shell sheller shelter shelv shift shifty shingl shinny shiny shirt shirty shock shook shoot shooter short shortag shorten shorter shortest
shorthand shortly shorty shoulder shout shower showery showier shown shrift shtick shutdown sicken sicker sicky sideway sifter sight
sights sigma signal signall signally signatur signer significanc significant significantly silenc silent silicon silken silkier silkiest
sillier silliest silly silver silvery similar similarity similarly simmer simper simpl simpler simplest simplex simplicity simplify
simplistic simulat simulation simultaneous simultaneously sincer sincerely sinful singer singl singly singular singularly sinister sinker
sinner sister sitter situat situation sixteen sixth sixty skeleton skeptical sketch sketchy skill skinful skirt skull slang slangy slash
sleep sleepy slender slept slight slighter slightest slightly slipper slippery slippy sliver slobbery slogan sloppy slower slowest slowly
slummer small smaller smallest smallish smart smarter smash smatter smell smelly smelter smith smithy smoker smokey smokier smooch smooth
smoothi smoothly smoothy smoulder smuggest snack snail snaky sneak sneaker sneaky sniff sniffl sniffy snitch snobbery snuffer snuggest
sober sociabl sociably social socialis socialism socialist socialit socially society socket sodden softwar solar solder soldier soldiery
solely solicitor solid solider solution solver somber somehow someplac sometim somewhat somewher sooner soonest sooth sophisticat soppy
sordid sorely sorry sorter sough sought sound soundtrack sourc south southern sower spacial spanner spatial spatter speak speaker special
specialis specialism specialist speciality specializ specially specialty specific specifically specification specify specimen spectacular
spectrum speculat speculation specy speech speed speedy spell spelt spend spender spher spigot spill spilt spinal spiral spirall spirit
spiritual splash splendid splint split spoil spoilt spoken spokesman spokesmen sponsor spontaneous spontaneously spoof spool sport sporty
spout sprain sprang spray spread sprig spring springy sprint sprit sprout sprung spurious squad squar squash squashy squeeg squeez squish
stability stabl stably stack staff stagger stain stair staircas stall stamp stanc stanch stand standard standardis standardiz standpoint
starch stark starker starl starlet start starter startl starv statement stater static station stationary stationery statistic statistical
statu statur status statut stead steadily steady steal steam steamy steel steely steep steepl steer stereo stereotyp steril sterl stick
sticky stiff stigma stimulant stimulat stimulation sting stinger stipulat stipulation stitch stock stocky stoker stolid stomach stoner
stood storag storey storm stormy story stowag straggl straight straightforward strain strait strand strang strangely stranger strangest
strangl strangler strategic strategy straw stray streak stream street strength strengthen stress stretch stretchy striat strict strictly
strictur strik string stringent stringer stringy strip stripl stripy striv strok stroll strong stronger strongest strongly struck structur
structural struggl strung stubbl stuck student studio study stuff stuffy stumbl stunt stupid stupidity sturdy subject subjectiv sublet
submission submit subroutin subscrib subscription subsequent subsequently subset subsidiary subsidis subsidiz substanc substantial
substantially substantiat substitut substitution subtl subtlety subtly subway succeed success successful successfully succession successiv
successor suction sudden suddenly suffer sufferer suffic sufficient sufficiently suffix sugar sugary suggest suggestion suicid suicidal
suing suitability suitabl suitably summaris summariz summary summer summery summit sunder sundry sunlight sunny sunris sunset sunshin
super superb superficial superficially superfluous superior superiority supermarket supernatural supervis supervision supervisor
supervisory supper suppl supplement supplementary suppler supplier supply support supporter suppos supposedly suppress suppression suprem
supremo surely surety surfac surfer surgery surly surnam surplus surpluss surpris surprisingly surrey surround survey surviv survivabl
survival susceptibl suspect suspend suspens suspension suspicion suspicious suspiciously sustain svelter swagger swallow swamp swampy
swatch swatter swear sweat sweaty sweep sweet sweeti sweety swelter swept swing swinger switch sword sworn symbol symbolic symbolis
symboliz symmetric symmetry sympathetic sympathis sympathiz sympathy symphony symptom syndicat syndrom synonym synonymous syntactic
syntactically syntax synthesis synthesiz synthesizer syring system systematic systematis systematiz tackl tactic tactical tactil tactless
tailor taker talent talker tamper tangent tanker tankful target tasteless taught taxation taxpayer teach teacher teapot technical
technically techniqu technological technology tedious teenag teenager telephon telephony telescop telethon television temper tempera
temperatur templ temporarily temporary tempt temptation tempter tendency tender tenner tennis tenser tension tentativ tentatively tenth
terminabl terminal terminally terminat termination terminator terminology terribl terribly terrify territory terror terroris terrorism
terrorist textbook textual textural thank thankful thankfully theater theatr theft themselv theological theology theorem theoretical
theoretically theory therapy thereabout thereafter thereby therefor therein thereof thereon thesis thick thicket thickness thicko thief
thiev think third thirst thirsty thirty thorough thoroughfar thoroughly thought thous thousand thrash thread threat threaten threshold
threw throat throaty thron throughout throughput throw thrown thrush thrust thumb ticker ticket tiger tight tightly timber timer timescal
timetabl tinder tiresom toast toasty tobacco today together toggl toiler toilet toilett token toleranc tolerant tolerat tomato tomorrow
tongu tonight tooth toothy topic topical topically tortur total totall totally touch touchy tough toughi toughy tourism tourist touristy
tower track tradition traditional traditionally traffic traffick tragedy tragic trail train traine transaction transcript transfer
transform transformation transienc transient transit transition translat translation translator transmission transmit transmitter transmut
transparent transport trash trashcan trashy travel travell tread treadl treasur treasury treat treatment treaty tremendous tremendously
trend trendy trial triall triangl tribal trick trickl tricky trifl trigger trilogy trinity tripl triply tripo tripod triumph trivia
trivial trivially trolley troop tropic tropical troubl trough trouper trouser truck truckl truest truly trumpet truncat trunk trust truste
trusty truth tunnel tunnell turntabl tutor tutorial twelv twentieth twenty twist twisty tying typeset typewriter typical typically ultimat
ultimately umbrella unabl unacceptabl unacceptably unaffect unambiguous unattend unauthoris unauthoriz unavailabl unavoidabl unavoidably
unawar unbalanc unbearabl unbearably unbeatabl unbelievabl unbelievably unbias unblock unbound uncertain uncertainly uncertainty unchang
unclean unclear uncomfortabl uncomfortably uncommon unconnect unconscious unconvinc undefin under underdon underestimat underf undergo
undergon undergraduat underground underl underlain underlay underli underlin underly undermin underneath underpay underpin underplay
understand understandabl understandably understood undertak undertaken undertaker underton undertook underway underwent undesirabl undid
undocument undon undoubtedly unduly uneas uneasy unemploy unemployment unexpect unexpectedly unexplain unfail unfair unfamiliar unfill
unfinish unform unfortunat unfortunately unfound unfriendly unhappy unhealthy unhelpful uniform uniformly unify unimportant uninform
uninterest union uniqu uniquely unison unity univers universal universally university unjustify unknow unknown unlead unless unlik
unlikely unlimit unload unlock unlucky unnatural unnecessarily unnecessary unobtainabl unofficial unpleasant unpopular unpredictabl
unpredictably unread unreadabl unready unreal unrealistic unreasonabl unreasonably unrefin unrelat unreliabl unruly unsaf unsatisfactory
unseasonabl unseat unseed unseen unsent unset unsolicit unsound unspecify unstabl unsuccessful unsuitabl unsuitably unsupport unsur
unsuspect untidy untru unusabl unusual unusually unvers unwant unwelcom unwell unwill unwis unwont unworkabl unwound upbring updat upgrad
upload upper upright upset upsid upstair uptight upward urban urgency urgent urgently usabl useful usefully usefulness useless using usual
usually utility utter utterly vacancy vacation vacuum vaguely valiant valid validity valley valuabl vandalis vandalism vanish vantag
vapidity variabl variably varianc variant variat variation variety various varnish vastly vector vegetabl vegetarian vehicl velocity
vendor ventur verbal verbally verbatim verbos verdict verification verify verily verity vernal versatil versification versify version
versus vertical vertically vesicl vessel viabl viably vicar vicinity vicious victim victor victory victual video viewer viewpoint
vigorously villa villag vintag vinyl viola violat violation violenc violent violently violet violin virgin virtu virtual virtually virus
visibl visibly vision visit visitor visual visually vital vocabulary vocal vocation volley voltag volum voluntarily voluntary volunteer
vomit voter vouch vowel vulnerabl vulnerably wader waffl waiter wallet walley wander wanker wanner warder warehous warrant warranty
warship wartim wasteful waster watch water waterb watery weakly weakness wealth wealthy weapon weary weasel weasell weather weekday
weekend weekly weigh weight weighty weird weirdo welcom welfar western wetness whatever whatsoever wheedl wheel wheeli wheely whenc
whenever wherea whereat whereby whereupon wherever whichever whilst whisk whisker whiskery whiskey whisky whist whistl whiter whittl
whoever wholeheartedly wholly whomever whoop whoope widely wider widespread widest widow width wiener wifely wight wilder wildest wildly
willingly willy window winger winner winnow winter wisdom wisely wiser wisest wisher witch withdraw withdrawal withdrawn withdrew without
witless witness witter witty wizard woken woman wombat wonder wonderful wonderfully wondrous wooden woodmen woolen woolly workabl worker
workload workshop workstation world worldwid worry worship worst worth worthless worthwhil worthy wound wounder wraith wrapper wrath
wreath wreck wrecker wrench wretch wright wrist writer wrong wrongly yearl yearly yellow yellowy yesterday yield young younger youngest
yourselv youth
`;

const STEMS: ReadonlySet<string> = new Set(COMMON.trim().split(/\s+/));

export const isCommon = (stem: string): boolean => STEMS.has(stem);
