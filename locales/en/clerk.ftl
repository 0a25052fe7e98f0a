clerk-post-head = Head
clerk-post-office = Registry officer
clerk-post-executor = Chief specialist, executor
clerk-reason = More checking is needed
clerk-answer = This is a practice answer. It has no legal force. Your letter was registered on {$date}. Its number: {$number}. We have looked at it. In a real answer the body’s decision stands here. If you do not agree, you may write a complaint.
clerk-withdrawn = The letter is no longer considered: you withdrew it
