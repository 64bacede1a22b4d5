;; Cuts a document into chunks of at most 16 KiB and hands each one to the
;; tokeniser. It cuts behind a paragraph where it can, else at white space, else
;; between two characters.
(module
  (import "caxton" "send" (func $send (param $to i32) (param $to_len i32)
    (param $performative i32) (param $content i32) (param $len i32)))
  (import "caxton" "reply" (func $reply
    (param $performative i32) (param $content i32) (param $len i32)))

  ;; FIPA performatives by their number, see `performative.rs`.
  (global $REQUEST i32 (i32.const 0))
  (global $AGREE i32 (i32.const 2))
  (global $NOT_UNDERSTOOD i32 (i32.const 7))

  (global $CHUNK i32 (i32.const 16384))
  (global $INPUT i32 (i32.const 1024))

  (memory (export "memory") 1)
  (data (i32.const 0) "tokeniser")
  (data (i32.const 16) "a splitter takes requests")

  ;; Where the host may write a message of that length; 0 when there is no room.
  (func (export "alloc") (param $len i32) (result i32)
    (local $pages i32)
    (local.set $pages (i32.sub
      (i32.shr_u (i32.add (i32.add (global.get $INPUT) (local.get $len)) (i32.const 65535))
        (i32.const 16))
      (memory.size)))
    (if (i32.gt_s (local.get $pages) (i32.const 0)) (then
      (if (i32.eq (memory.grow (local.get $pages)) (i32.const -1)) (then
        (return (i32.const 0))))))
    (global.get $INPUT))

  (func (export "handle") (param $performative i32) (param $at i32) (param $len i32)
    (local $end i32)
    (local $cut i32)
    (if (i32.ne (local.get $performative) (global.get $REQUEST)) (then
      (call $reply (global.get $NOT_UNDERSTOOD) (i32.const 16) (i32.const 25))
      (return)))
    (local.set $end (i32.add (local.get $at) (local.get $len)))
    (block $done (loop $chunks
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (local.set $cut (call $cut (local.get $at) (local.get $end)))
      (call $send (i32.const 0) (i32.const 9) (global.get $REQUEST)
        (local.get $at) (i32.sub (local.get $cut) (local.get $at)))
      (local.set $at (local.get $cut))
      (br $chunks)))
    (call $reply (global.get $AGREE) (i32.const 0) (i32.const 0)))

  ;; Where the chunk that starts at $at ends.
  (func $cut (param $at i32) (param $end i32) (result i32)
    (local $last i32)
    (local $i i32)
    (local.set $last (i32.add (local.get $at) (global.get $CHUNK)))
    (if (i32.ge_u (local.get $last) (local.get $end)) (then
      (return (local.get $end))))
    ;; Behind "\n\n".
    (local.set $i (local.get $last))
    (block $none (loop $back
      (br_if $none (i32.le_u (local.get $i) (i32.add (local.get $at) (i32.const 1))))
      (if (i32.eq (i32.load16_u (i32.sub (local.get $i) (i32.const 2))) (i32.const 0x0a0a))
        (then (return (local.get $i))))
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (br $back)))
    ;; Behind white space.
    (local.set $i (local.get $last))
    (block $none (loop $back
      (br_if $none (i32.le_u (local.get $i) (local.get $at)))
      (if (i32.le_u (i32.load8_u (i32.sub (local.get $i) (i32.const 1))) (i32.const 32))
        (then (return (local.get $i))))
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (br $back)))
    ;; Before a byte that begins a character.
    (local.set $i (local.get $last))
    (block $found (loop $back
      (br_if $found (i32.ne
        (i32.and (i32.load8_u (local.get $i)) (i32.const 0xc0)) (i32.const 0x80)))
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (br_if $back (i32.gt_u (local.get $i) (i32.add (local.get $at) (i32.const 4))))))
    (local.get $i)))
