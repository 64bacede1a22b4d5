;; Counts terms. The index lives in the module's memory, which grows with it:
;; 16,384 buckets of chained entries
;;   next, hash, count, length (4 bytes each), the term, padding to 4
;; A request holds terms, one a line, and is answered with how many they were
;; and how many distinct ones the index holds. A query_ref sends it to the reporter.
(module
  (import "caxton" "send" (func $send (param $to i32) (param $to_len i32)
    (param $performative i32) (param $content i32) (param $len i32)))
  (import "caxton" "reply" (func $reply
    (param $performative i32) (param $content i32) (param $len i32)))

  ;; FIPA performatives by their number, see `performative.rs`.
  (global $REQUEST i32 (i32.const 0))
  (global $QUERY_REF i32 (i32.const 1))
  (global $INFORM i32 (i32.const 3))
  (global $FAILURE i32 (i32.const 5))
  (global $NOT_UNDERSTOOD i32 (i32.const 7))

  (global $BUCKETS i32 (i32.const 1024))
  (global $INPUT i32 (i32.const 66560))
  (global $INPUT_MAX i32 (i32.const 131072))
  (global $DUMP_MAX i32 (i32.const 4194304))
  ;; Where the next entry goes.
  (global $free (mut i32) (i32.const 197632))
  (global $distinct (mut i32) (i32.const 0))

  (memory (export "memory") 4)
  (data (i32.const 0) "reporter")
  (data (i32.const 16) "an indexer takes requests and query_refs")
  (data (i32.const 64) "the index is full")
  ;; 128 to 192 is for numbers.

  ;; Where the host may write a message of that length; 0 when there is no room.
  (func (export "alloc") (param $len i32) (result i32)
    (select (i32.const 0) (global.get $INPUT)
      (i32.gt_u (local.get $len) (global.get $INPUT_MAX))))

  (func (export "handle") (param $performative i32) (param $at i32) (param $len i32)
    (if (i32.eq (local.get $performative) (global.get $REQUEST)) (then
      (call $index (local.get $at) (i32.add (local.get $at) (local.get $len)))
      (return)))
    (if (i32.eq (local.get $performative) (global.get $QUERY_REF)) (then
      (call $dump)
      (return)))
    (call $reply (global.get $NOT_UNDERSTOOD) (i32.const 16) (i32.const 40)))

  (func $index (param $at i32) (param $end i32)
    (local $term i32)
    (local $hash i32)
    (local $byte i32)
    (local $added i32)
    (local $out i32)
    (block $done (loop $next_term
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (local.set $term (local.get $at))
      ;; FNV-1a.
      (local.set $hash (i32.const 0x811c9dc5))
      (block $ended (loop $next_byte
        (br_if $ended (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (br_if $ended (i32.eq (local.get $byte) (i32.const 10)))
        (local.set $hash (i32.mul
          (i32.xor (local.get $hash) (local.get $byte)) (i32.const 0x01000193)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next_byte)))
      (if (i32.gt_u (local.get $at) (local.get $term)) (then
        (if (i32.eqz (call $count (local.get $term)
            (i32.sub (local.get $at) (local.get $term)) (local.get $hash))) (then
          (call $reply (global.get $FAILURE) (i32.const 64) (i32.const 17))
          (return)))
        (local.set $added (i32.add (local.get $added) (i32.const 1)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next_term)))
    (local.set $out (call $number (i32.const 128) (local.get $added)))
    (i32.store8 (local.get $out) (i32.const 32))
    (local.set $out (call $number
      (i32.add (local.get $out) (i32.const 1)) (global.get $distinct)))
    (call $reply (global.get $INFORM) (i32.const 128)
      (i32.sub (local.get $out) (i32.const 128))))

  ;; Counts one term; 0 when there is no room for it.
  (func $count (param $term i32) (param $len i32) (param $hash i32) (result i32)
    (local $bucket i32)
    (local $entry i32)
    (local.set $bucket (i32.add (global.get $BUCKETS)
      (i32.shl (i32.and (local.get $hash) (i32.const 16383)) (i32.const 2))))
    (local.set $entry (i32.load (local.get $bucket)))
    (block $absent (loop $chain
      (br_if $absent (i32.eqz (local.get $entry)))
      (if (i32.eq (i32.load offset=4 (local.get $entry)) (local.get $hash)) (then
        (if (i32.eq (i32.load offset=12 (local.get $entry)) (local.get $len)) (then
          (if (call $same (i32.add (local.get $entry) (i32.const 16))
              (local.get $term) (local.get $len)) (then
            (i32.store offset=8 (local.get $entry)
              (i32.add (i32.load offset=8 (local.get $entry)) (i32.const 1)))
            (return (i32.const 1))))))))
      (local.set $entry (i32.load (local.get $entry)))
      (br $chain)))
    (local.set $entry (global.get $free))
    (if (i32.eqz (call $room (i32.add (local.get $entry)
        (i32.add (local.get $len) (i32.const 20))))) (then
      (return (i32.const 0))))
    (i32.store (local.get $entry) (i32.load (local.get $bucket)))
    (i32.store offset=4 (local.get $entry) (local.get $hash))
    (i32.store offset=8 (local.get $entry) (i32.const 1))
    (i32.store offset=12 (local.get $entry) (local.get $len))
    (memory.copy (i32.add (local.get $entry) (i32.const 16)) (local.get $term) (local.get $len))
    (i32.store (local.get $bucket) (local.get $entry))
    (global.set $free (i32.add (local.get $entry) (i32.and
      (i32.add (local.get $len) (i32.const 19)) (i32.const -4))))
    (global.set $distinct (i32.add (global.get $distinct) (i32.const 1)))
    (i32.const 1))

  ;; The number of distinct terms, then `count term` lines, behind the last
  ;; entry: all of them, or the most frequent ones where that is too long.
  (func $dump
    (local $least i32)
    (local $out i32)
    (local.set $least (i32.const 1))
    (block $fits (loop $raise
      (br_if $fits (i32.le_u (call $lines (local.get $least) (i32.const 0))
        (global.get $DUMP_MAX)))
      (local.set $least (i32.shl (local.get $least) (i32.const 1)))
      (br $raise)))
    (if (i32.eqz (call $room (i32.add (global.get $free)
        (i32.add (global.get $DUMP_MAX) (i32.const 16))))) (then
      (call $reply (global.get $FAILURE) (i32.const 64) (i32.const 17))
      (return)))
    (local.set $out (call $number (global.get $free) (global.get $distinct)))
    (i32.store8 (local.get $out) (i32.const 10))
    (local.set $out (i32.add (local.get $out) (i32.const 1)))
    (local.set $out (call $lines (local.get $least) (local.get $out)))
    (call $send (i32.const 0) (i32.const 8) (global.get $REQUEST)
      (global.get $free) (i32.sub (local.get $out) (global.get $free))))

  ;; Writes a line for each term that occurs so often, and tells where they end;
  ;; to 0 nothing is written, and that is at least their length.
  (func $lines (param $least i32) (param $out i32) (result i32)
    (local $bucket i32)
    (local $entry i32)
    (local $len i32)
    (local $writes i32)
    (local.set $bucket (global.get $BUCKETS))
    (local.set $writes (local.get $out))
    (loop $buckets
      (local.set $entry (i32.load (local.get $bucket)))
      (block $end (loop $chain
        (br_if $end (i32.eqz (local.get $entry)))
        (if (i32.ge_u (i32.load offset=8 (local.get $entry)) (local.get $least)) (then
          (local.set $len (i32.load offset=12 (local.get $entry)))
          (if (local.get $writes)
            (then
              (local.set $out (call $number (local.get $out)
                (i32.load offset=8 (local.get $entry))))
              (i32.store8 (local.get $out) (i32.const 32))
              (memory.copy (i32.add (local.get $out) (i32.const 1))
                (i32.add (local.get $entry) (i32.const 16)) (local.get $len))
              (local.set $out (i32.add (local.get $out) (i32.add (local.get $len) (i32.const 2))))
              (i32.store8 (i32.sub (local.get $out) (i32.const 1)) (i32.const 10)))
            (else
              ;; Ten digits, a space, a line end.
              (local.set $out (i32.add (local.get $out)
                (i32.add (local.get $len) (i32.const 12))))))))
        (local.set $entry (i32.load (local.get $entry)))
        (br $chain)))
      (local.set $bucket (i32.add (local.get $bucket) (i32.const 4)))
      (br_if $buckets (i32.lt_u (local.get $bucket) (global.get $INPUT))))
    (local.get $out))

  ;; Makes the memory reach to $end; 0 when it cannot.
  (func $room (param $end i32) (result i32)
    (local $pages i32)
    (local.set $pages (i32.sub
      (i32.shr_u (i32.add (local.get $end) (i32.const 65535)) (i32.const 16))
      (memory.size)))
    (if (i32.le_s (local.get $pages) (i32.const 0)) (then
      (return (i32.const 1))))
    (i32.ne (memory.grow (local.get $pages)) (i32.const -1)))

  (func $same (param $a i32) (param $b i32) (param $len i32) (result i32)
    (block $end (loop $bytes
      (br_if $end (i32.eqz (local.get $len)))
      (if (i32.ne (i32.load8_u (local.get $a)) (i32.load8_u (local.get $b))) (then
        (return (i32.const 0))))
      (local.set $a (i32.add (local.get $a) (i32.const 1)))
      (local.set $b (i32.add (local.get $b) (i32.const 1)))
      (local.set $len (i32.sub (local.get $len) (i32.const 1)))
      (br $bytes)))
    (i32.const 1))

  ;; Writes a number in decimal; where it ends.
  (func $number (param $at i32) (param $value i32) (result i32)
    (local $rest i32)
    (local.set $rest (i32.div_u (local.get $value) (i32.const 10)))
    (if (local.get $rest) (then
      (local.set $at (call $number (local.get $at) (local.get $rest)))))
    (i32.store8 (local.get $at) (i32.add (i32.const 48)
      (i32.rem_u (local.get $value) (i32.const 10))))
    (i32.add (local.get $at) (i32.const 1))))
