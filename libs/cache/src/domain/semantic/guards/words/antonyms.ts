import { stem } from '../stem';

/** Pairs of which one in the place of the other turns a question around; `/` parts the sides, words of a side are alike. */
const PAIRS = `
enable/disable activate/deactivate,cancel open/close lock/unlock block/unblock start/stop,end begin/end turnon/turnoff increase,raise/decrease,reduce,lower,cut
gain/lose buy,purchase/sell borrow/lend,loan send/receive import/export upload/download encrypt/decrypt encode/decode compress/decompress,extract install/uninstall
add/remove,delete,subtract create/delete,destroy insert/delete,remove append/prepend push/pull,pop deposit/withdraw,withdrawal top-up/withdraw accept/reject,decline,refuse
approve/reject,deny allow,permit/forbid,prohibit,block,prevent,ban include/exclude attach/detach connect/disconnect join/leave enter/exit,leave arrive/depart,leave
login,signin/logout,signout logon/logoff signup/signout subscribe/unsubscribe follow/unfollow like/dislike,unlike love/hate mount/unmount freeze/unfreeze,thaw,melt heat/cool
earlier/later early/late oldest/newest,latest previous/next past/future minimum,min,minimal,least/maximum,max,maximal,most
lowest,smallest,least,shortest/highest,largest,biggest,longest,tallest,most smaller/larger,bigger,greater shorter/longer,taller below,under,beneath/above,over
small,tiny/large,big,huge short/long,tall narrow/wide thin/thick light/heavy,dark slow/fast,quick slower/faster slowest/fastest weak/strong weaker/stronger weakest/strongest 
easier/harder easiest/hardest cheap/expensive cheaper/pricier cheapest,expensive best,good/worst,bad better/worse pros,advantage,benefit/cons,disadvantage,drawback strength/weakness
true/false correct/incorrect legal/illegal safe/dangerous,unsafe public/private internal/external inside,indoor/outside,outdoor indoors/outdoors north/south east/west northern/southern eastern/western
hot/cold warm/cool wet/dry summer/winter am/pm morning/evening,night sunrise/sunset alive/dead birth/death young/old younger/older youngest/oldest
male/female boy/girl man/woman men/women husband/wife father/mother brother/sister king/queen employer/employee teacher/student parent/child buyer/seller host/guest lender/borrower tenant/landlord
win/lose succeed/fail success/failure pass/fail positive/negative multiply/divide add/subtract sum/difference asset/liability profit/loss income/expense credit/debit supply/demand
synchronous/asynchronous sync/async mutable/immutable static/dynamic online/offline frontend/backend client/server ascending/descending asc/desc horizontal/vertical row/column rows/columns input/output
incoming/outgoing inbound/outbound serialize/deserialize parse/format singular/plural even/odd single/married vegan/carnivore introvert/extrovert optimist/pessimist permanent/temporary
real/fake natural/artificial common,usual/rare,unusual full/empty rich/poor clean/dirty simple/complex,complicated major/minor absolute/relative active/passive domestic/international
expand/collapse,shrink show/hide visible/hidden accelerate/brake,decelerate promote/demote hire/fire employ/dismiss marry/divorce attack/defend lead/follow save/spend,waste forget/remember
wake/sleep float/sink inhale/exhale admit/deny agree/disagree appear/disappear sour/sweet sweet/salty smooth/rough sharp/blunt,dull tight/loose
heaven/hell theism/atheism war/peace urban/rural ancient/modern rookie/veteran liberal/conservative capitalism/communism,socialism democracy/dictatorship gross/net retail/wholesale
undo/redo zoom-in/zoom-out mute/unmute pause/resume,play show/hide merge/split attach/detach commit/revert push/pull deploy/rollback backup/restore
aktivieren/deaktivieren öffnen/schließen kaufen/verkaufen erhöhen/senken,verringern mehr/weniger einschalten/ausschalten sperren/entsperren
activer/désactiver ouvrir/fermer acheter/vendre augmenter/diminuer,réduire avant/après 
activar/desactivar abrir/cerrar comprar/vender aumentar/reducir,disminuir antes/después más/menos 
`;

/** Words with other senses: opposites only beside the same word on both sides, as in `two days before` and `two days after`. */
const IN_PLACE = `
for/against before/after until/after up/down left/right give/take,receive low/high,tall less,fewer/more right/wrong read/write good/bad,evil below,under,beneath/above,over born/died,die day/night
front/back,rear top/bottom copy/move cause/cure,prevent,treat plus/minus sit/stand rise/fall easy/hard,difficult soft/hard on/off,disable,deactivate off/enable,activate in/out first/last with/without plus/moins vor/nach
all,every,each/some,only most/few some/only
`;

/** By stem: the words that turn it around. */
export const ANTONYMS: ReadonlyMap<string, ReadonlySet<string>> = byStem(PAIRS);
export const ANTONYMS_IN_PLACE: ReadonlyMap<string, ReadonlySet<string>> = byStem(IN_PLACE);

function byStem(pairs: string): ReadonlyMap<string, ReadonlySet<string>> {
  const opposites = new Map<string, Set<string>>();
  const oppose = (word: string, opposite: string): void => {
    const known = opposites.get(stem(word)) ?? new Set();
    opposites.set(stem(word), known.add(stem(opposite)));
  };
  for (const pair of pairs.trim().split(/\s+/)) {
    const [left = '', right = ''] = pair.split('/');
    for (const word of left.split(',')) {
      for (const opposite of right.split(',')) {
        oppose(word, opposite);
        oppose(opposite, word);
      }
    }
  }
  return opposites;
}
