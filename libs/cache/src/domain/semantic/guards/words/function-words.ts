/** Words that hold a sentence together: alone they do not make another question of it. English, German, French, Spanish. */
const FUNCTION_WORDS = new Set(
  `a an the this that these those there here some any all every each both either such same other another
i me my mine myself we us our ours you your yours yourself he him his she her hers it its they them their theirs one ones oneself someone somebody anyone anybody everyone everybody something anything thing things person people
am is are was were be been being do does did done doing have has had having can could will would shall should may might must ought let lets 'd 'll
i'm i've i'd i'll you're you've you'll it's that's there's what's who's how's where's when's why's he's she's we're they're let's whats im ive id dont
what which who whom whose where when why how whether if
and or but so then than as at by for from in into of off on onto out over to toward towards up upon with within about across along around between among through during per via like because since while until though although
very really quite just also too only even ever still yet please kindly much many more most lot lots few little bit actually exactly basically simply
ok okay hi hello hey thanks thank well now again etc
der das den dem des ein eine einen einem einer eines ich mich mir mein meine meinen meiner du dich dir dein wir uns unser er sie es ihr ihre ist sind waren sein habe haben kann können könnte wird werden soll sollte muss und oder aber wie was wer wo wann warum welche welcher welches im in am an auf aus bei mit nach von vom zu zum zur für über um bitte man auch noch schon
le la les un une des du de d' je me mon ma mes tu te ton ta tes il elle nous notre vous votre ils elles est sont suis être ai as ont avoir peut peux puis pouvoir faut et ou mais que qui quoi quel quelle quels quelles comment où quand pourquoi combien à au aux dans en par avec ce cette ces se s' qu' l' j' c' n' y
el los las una unos unas del al yo mi mis tú tu tus él ella nosotros usted ustedes es soy ser estar está están hay he ha han puedo puede poder y o pero que qué quién cuál cuáles cómo dónde cuándo por para con se su sus lo le`
    .split(/\s+/)
    .filter(Boolean),
);

export const isFunctionWord = (word: string): boolean => FUNCTION_WORDS.has(word);
